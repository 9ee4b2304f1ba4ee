import { definePartner, type PartnerInput } from "../../../modules/config";
import { messageOf, partnerInput } from "../../support/partner";

const message = (changes: Record<string, unknown>): string =>
  messageOf(() => definePartner({ ...partnerInput(), ...changes }));

/** The message when one setting of the step `fetch` is another. */
const fetchMessage = (changes: Record<string, unknown>): string => {
  const { steps } = partnerInput();
  return message({ steps: { ...steps, fetch: { ...steps["fetch"], ...changes } } });
};

describe("a partner whose settings have another form", () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      "unknown setting",
      { colour: "red" },
      "partners/acme.colour is not a setting; known are buckets, compute, discovery, expectations, id, limits, notifications, owner, readers, retention, source, staging, steps, triggers; remove it or correct its name",
    ],
    [
      "missing setting",
      { owner: undefined },
      "partners/acme.owner is missing, it must be a text that is not empty; add it",
    ],
    ["wrong type", { owner: 5 }, "partners/acme.owner must be a text that is not empty, got 5"],
    ["empty text", { owner: "" }, `partners/acme.owner must be a text that is not empty, got ""`],
    [
      "a function",
      { owner: () => "x" },
      "partners/acme.owner must be a text that is not empty, got a function",
    ],
    [
      "a big number",
      { owner: 10n },
      "partners/acme.owner must be a text that is not empty, got 10n",
    ],
    [
      "a date",
      { owner: new Date(0) },
      "partners/acme.owner must be a text that is not empty, got a Date",
    ],
    ["a list", { steps: [] }, "partners/acme.steps must be an object, got an empty list"],
    [
      "a number as text",
      { compute: { pool: "general", memoryMib: "2048" } },
      `partners/acme.compute.memoryMib must be a whole number of at least 128, got "2048"`,
    ],
    [
      "NaN",
      { compute: { pool: "general", vcpus: NaN } },
      "partners/acme.compute.vcpus must be a number above 0, at most 192, got NaN",
    ],
    [
      "Infinity",
      { compute: { pool: "general", vcpus: Infinity } },
      "partners/acme.compute.vcpus must be a number above 0, at most 192, got Infinity",
    ],
    [
      "part of a whole number",
      { compute: { pool: "general", priority: 1.5 } },
      "partners/acme.compute.priority must be a whole number from 0 to 9999, got 1.5",
    ],
    [
      "too large a number",
      { compute: { pool: "general", priority: 10_000 } },
      "partners/acme.compute.priority must be a whole number from 0 to 9999, got 10000",
    ],
    [
      "neither of two forms",
      { retention: { landing: "never" } },
      `partners/acme.retention.landing must be "forever" or a whole number from 1 to 36500, got "never"`,
    ],
    [
      "no kind of trigger",
      { triggers: { a: { kind: "cron" } } },
      `partners/acme.triggers.a.kind must be "manual", "schedule" or "s3Object", got "cron"`,
    ],
    [
      "no trigger at all",
      { triggers: {} },
      "partners/acme.triggers must hold at least one trigger, got an empty object",
    ],
    [
      "a bucket that is a text",
      { buckets: { landing: "files" } },
      `partners/acme.buckets.landing must be an object of kind "create" or an object of kind "existing", got "files"`,
    ],
    [
      "an existing bucket without a name",
      { buckets: { landing: { kind: "existing" } } },
      "partners/acme.buckets.landing.name is missing, it must be a text; add it",
    ],
    [
      "a bucket name that S3 does not take",
      { buckets: { landing: { kind: "existing", name: "My_Files" } } },
      `partners/acme.buckets.landing.name must be the name of a bucket: 3 to 63 small letters, digits, dots and hyphens, got "My_Files"`,
    ],
    [
      "a setting of another kind",
      { staging: { kind: "efs", gib: 50 } },
      "partners/acme.staging.gib is not a setting; known are kind; remove it or correct its name",
    ],
  ])("%s", (_, changes, expected) => {
    expect(message(changes)).toBe(expected);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "without isolation",
      { isolation: undefined },
      `partners/acme.steps.fetch.isolation is missing, it must be "fargate", "dedicated" or an object with sharedHost; add it`,
    ],
    [
      "with an unknown isolation",
      { isolation: "shared" },
      `partners/acme.steps.fetch.isolation must be "fargate", "dedicated" or an object with sharedHost, got "shared"`,
    ],
    [
      "with a reason that is none",
      { isolation: { sharedHost: "ok" } },
      `partners/acme.steps.fetch.isolation.sharedHost must be a text of at least 10 characters, got "ok"`,
    ],
    [
      "of an unknown kind",
      { kind: "ftech" },
      `partners/acme.steps.fetch.kind must be "fetch", "publish", "deliver", "unpack", "process" or "merge", got "ftech"`,
    ],
    [
      "without a program",
      { program: [] },
      "partners/acme.steps.fetch.program must be a list of at least 1, got an empty list",
    ],
    [
      "with a program for a shell",
      { program: "/opt/acme/fetch {orderId}" },
      `partners/acme.steps.fetch.program must be a list of at least 1, got "/opt/acme/fetch {orderId}"`,
    ],
    [
      "with an unknown setting",
      { memory: 4096 },
      "partners/acme.steps.fetch.memory is not a setting; known are after, attempts, compute, environment, grants, image, isolation, kind, noProgressSeconds, program, secrets, timeoutSeconds, tryLaterCodes; remove it or correct its name",
    ],
    [
      "with a secret that is no text, which is not shown",
      { secrets: { TOKEN: 123456 } },
      "partners/acme.steps.fetch.secrets.TOKEN must be a text, got a number",
    ],
    [
      "with a time limit that Batch does not take",
      { timeoutSeconds: 59 },
      "partners/acme.steps.fetch.timeoutSeconds must be a whole number from 60 to 1209600, got 59",
    ],
  ])("step %s", (_, changes, expected) => {
    expect(fetchMessage(changes)).toBe(expected);
  });

  it.each([undefined, null, "acme", 5, []])("%p instead of settings", (value) => {
    expect(messageOf(() => definePartner(value as unknown as PartnerInput))).toMatch(
      /^partners\/\? (is missing, it )?must be an object with id, owner, source, triggers, steps, compute/u,
    );
  });

  it("is told of all faults at once, each once", () => {
    expect(message({ owner: 5, colour: "red", compute: {} }).split("\n")).toEqual([
      "partners/acme.owner must be a text that is not empty, got 5",
      "partners/acme.compute.pool is missing, it must be a text; add it",
      expect.stringMatching(/^partners\/acme\.colour is not a setting; /u),
    ]);
  });

  it("is told of a circular value without running into it", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    expect(message({ owner: circle })).toBe(
      `partners/acme.owner must be a text that is not empty, got an object with "self"`,
    );
  });

  it("never shows more of a text than its beginning", () => {
    expect(message({ triggers: "x".repeat(5000) })).toBe(
      `partners/acme.triggers must be an object, got "${"x".repeat(120)}..."`,
    );
  });
});

test("every default is filled in", () => {
  const partner = definePartner(partnerInput());
  expect(partner).toEqual({
    ...partnerInput(),
    discovery: {},
    readers: {},
    compute: { pool: "general", vcpus: 1, memoryMib: 2048, priority: 100 },
    staging: { kind: "efs" },
    buckets: {},
    retention: { landing: 30, processed: "forever" },
    steps: {
      fetch: {
        kind: "fetch",
        program: ["/opt/acme/fetch", "{orderId}", "{staging}"],
        isolation: { sharedHost: "our own program, reviewed" },
        after: [],
        image: "worker",
        timeoutSeconds: 21600,
        attempts: 3,
        environment: {},
        secrets: {},
        grants: {},
        noProgressSeconds: 1800,
        tryLaterCodes: [],
      },
      publish: {
        kind: "publish",
        after: ["fetch"],
        image: "worker",
        timeoutSeconds: 21600,
        attempts: 3,
        environment: {},
        secrets: {},
        grants: {},
        to: "processed",
        prefix: "",
        checksumFiles: [],
        minFiles: 1,
      },
    },
  });
  // What is defined once can be defined again: files are checked a second time when a project is loaded.
  expect(definePartner(partner)).toEqual(partner);
});
