import fc from "fast-check";
import { definePartner, type PartnerInput, s3Object, schedule } from "../../../modules/config";
import { messageOf, partnerInput } from "../../support/partner";

type Steps = PartnerInput["steps"];

const message = (changes: Partial<PartnerInput>): string =>
  messageOf(() => definePartner(partnerInput(changes)));

const { fetch, publish } = partnerInput().steps as Required<Steps>;
if (fetch?.kind !== "fetch" || publish?.kind !== "publish") throw new Error("other steps");

const discovery: NonNullable<PartnerInput["discovery"]> = {
  look: { kind: "list", program: ["/opt/acme/list"], isolation: "fargate" },
};
const daily = schedule({ cron: "cron(0 6 * * ? *)", timezone: "Asia/Seoul", starts: "order" });

describe("a partner", () => {
  it.each<[string, Partial<PartnerInput>, string]>([
    [
      "with a bad id",
      { id: "Acme_1" },
      `partners/Acme_1.id must be lower-case letters and digits in words joined by single hyphens, beginning with a letter, got "Acme_1"`,
    ],
    [
      "with an id that is too long",
      { id: "a".repeat(21) },
      `partners/${"a".repeat(21)}.id must have at most 20 characters, it has 21, got "${"a".repeat(21)}"`,
    ],
    [
      "with the name of a stack of ours",
      { id: "platform" },
      `partners/platform.id must not be one of platform, bootstrap, got "platform"`,
    ],
    [
      "with an unknown step in after",
      { steps: { fetch, publish: { ...publish, after: ["fetch", "fech"] } } },
      `partners/acme.steps.publish.after[1] is no step, got "fech"; known are "fetch"`,
    ],
    [
      "with a step after itself",
      { steps: { fetch, publish: { ...publish, after: ["fetch", "publish"] } } },
      `partners/acme.steps.publish.after[1] is the step itself, got "publish"; remove it`,
    ],
    [
      "with a step twice in after",
      { steps: { fetch, publish: { ...publish, after: ["fetch", "fetch"] } } },
      `partners/acme.steps.publish.after[1] is named twice, got "fetch"; remove one`,
    ],
    [
      "with a cycle of steps",
      { steps: { fetch: { ...fetch, after: ["publish"] }, publish } },
      `partners/acme.steps must not wait for itself: fetch -> publish -> fetch; remove one of these "after"`,
    ],
    [
      "with a bad step name",
      { steps: { Fetch: fetch, publish: { ...publish, after: ["Fetch"] } } },
      "partners/acme.steps.Fetch has a name that must be lower-case letters and digits in words joined by single hyphens, beginning with a letter",
    ],
    [
      "with a step name that is too long",
      {
        steps: {
          [`f${"x".repeat(15)}`]: fetch,
          publish: { ...publish, after: [`f${"x".repeat(15)}`] },
        },
      },
      `partners/acme.steps.f${"x".repeat(15)} has a name that must have at most 15 characters, it has 16`,
    ],
    [
      "that delivers nothing",
      { steps: { fetch } },
      `partners/acme.steps must hold a step of kind "publish", "deliver", "unpack" or "process", else nothing is ever delivered; add one`,
    ],
    [
      "that publishes what nobody fetched",
      { steps: { publish: { kind: "publish" } } },
      `partners/acme.steps.publish.after must lead to a step of kind "fetch": there is nothing to publish otherwise`,
    ],
    [
      "that fetches twice into one directory",
      { steps: { fetch, again: fetch, publish } },
      `partners/acme.steps must hold one step of kind "fetch" or "deliver", not several; let one program fetch all`,
    ],
    [
      "that publishes twice from one directory",
      { steps: { fetch, publish, again: publish } },
      `partners/acme.steps must hold one step of kind "publish", "deliver" or "unpack", not several; publish once`,
    ],
    [
      "with one name for two steps",
      {
        discovery: { fetch: discovery["look"] as never },
        triggers: { look: { ...daily, starts: "discovery" } },
      },
      "partners/acme.discovery.fetch has the name of a step of the order; rename one of the two",
    ],
    [
      "with discovery that nothing starts",
      { discovery },
      `partners/acme.discovery is started by no trigger; add a schedule that starts "discovery", or remove it`,
    ],
    [
      "with a schedule of a discovery that is none",
      { triggers: { daily: { ...daily, starts: "discovery" } } },
      `partners/acme.triggers.daily.starts needs steps below "discovery", got "discovery"; add a step of kind "list", or start "order"`,
    ],
    [
      "with a bad time zone",
      { triggers: { daily: { ...daily, timezone: "Seoul" } } },
      `partners/acme.triggers.daily.timezone must be an IANA time zone, e.g. Asia/Seoul, got "Seoul"`,
    ],
    [
      "with a bad cron expression",
      { triggers: { daily: { ...daily, cron: "0 6 * * *" } } },
      `partners/acme.triggers.daily.cron must be cron(minutes hours day-of-month month day-of-week year) or rate(value unit), got "0 6 * * *"`,
    ],
    [
      "with a trigger whose name can not be part of others",
      { triggers: { "by-clock": daily } },
      `partners/acme.triggers["by-clock"] must have a name of at most 20 letters and digits, beginning with a small letter`,
    ],
    [
      "whose own deliveries would be new orders",
      { triggers: { dropped: s3Object({ bucket: "processed", suffix: ".zip" }) } },
      `partners/acme.triggers.dropped.prefix overlaps the prefix "" that deliveries are published below in the same bucket: each delivered file would be a new order, got nothing; use another bucket, or prefixes that do not contain each other`,
    ],
  ])("%s", (_, changes, expected) => {
    expect(message(changes)).toBe(expected);
  });

  it("with staging that dies with each of its jobs", () => {
    expect(message({ staging: { kind: "scratch" } })).toBe(
      [
        `partners/acme.steps.fetch.kind hands files to another job, but staging of kind "scratch" dies with the job, got "fetch"; use one step of kind "deliver", or staging of kind "efs"`,
        `partners/acme.steps.publish.kind hands files to another job, but staging of kind "scratch" dies with the job, got "publish"; use one step of kind "deliver", or staging of kind "efs"`,
      ].join("\n"),
    );
  });

  it("may drop and publish in one bucket below prefixes of their own", () => {
    const steps: Steps = { fetch, publish: { ...publish, to: "landing", prefix: "out/" } };
    const triggers = { dropped: s3Object({ bucket: "landing", prefix: "orders/" }) };
    expect(definePartner(partnerInput({ steps, triggers })).id).toBe("acme");
    const same = { kind: "existing", name: "shared-files" } as const;
    expect(
      message({
        steps: { fetch, publish: { ...publish, prefix: "out/" } },
        triggers: { dropped: s3Object({ bucket: "landing", prefix: "out/x/" }) },
        buckets: { landing: same, processed: same },
      }),
    ).toBe(
      `partners/acme.triggers.dropped.prefix overlaps the prefix "out/" that deliveries are published below in the same bucket: each delivered file would be a new order, got "out/x/"; use another bucket, or prefixes that do not contain each other`,
    );
  });
});

describe("a step", () => {
  const withFetch = (changes: object): string =>
    message({ steps: { fetch: { ...fetch, ...changes }, publish } });

  it.each<[string, object, string]>([
    [
      "with an unknown placeholder",
      { program: ["/opt/acme/fetch", "--order={order}"] },
      `partners/acme.steps.fetch.program[1] holds the unknown placeholder {order}, got "--order={order}"; known are {orderId} and {staging}`,
    ],
    [
      "with a program without a name",
      { program: [""] },
      `partners/acme.steps.fetch.program[0] must name a program, got ""`,
    ],
    [
      "with a secret in the place of its ARN, which is not shown",
      { secrets: { TOKEN: "hunter2" } },
      "partners/acme.steps.fetch.secrets.TOKEN must be the full ARN of a secret (it ends in - and six characters) or of an SSM parameter, never the secret itself",
    ],
    [
      "with the ARN of a secret that lacks its end",
      { secrets: { TOKEN: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:acme" } },
      "partners/acme.steps.fetch.secrets.TOKEN must be the full ARN of a secret (it ends in - and six characters) or of an SSM parameter, never the secret itself",
    ],
    [
      "with a variable of ours",
      { environment: { PARTNER_INGEST_ORDER_ID: "1" } },
      "partners/acme.steps.fetch.environment.PARTNER_INGEST_ORDER_ID has a name that begins with PARTNER_INGEST_ or AWS_, which the worker and Batch set; rename it",
    ],
    [
      "with a variable that is none",
      { environment: { "A B": "1" } },
      `partners/acme.steps.fetch.environment["A B"] has a name that is none of an environment variable; use letters, digits and _`,
    ],
    [
      "with a variable in two places",
      {
        environment: { TOKEN: "1" },
        secrets: { TOKEN: "arn:aws:ssm:eu-central-1:111122223333:parameter/acme/token" },
      },
      "partners/acme.steps.fetch.secrets.TOKEN is in both environment and secrets; remove one",
    ],
    [
      "with a bad image name",
      { image: "Worker:latest" },
      `partners/acme.steps.fetch.image must be lower-case letters and digits in words joined by single hyphens, beginning with a letter, got "Worker:latest"`,
    ],
  ])("%s", (_, changes, expected) => {
    expect(withFetch(changes)).toBe(expected);
  });

  it("with a prefix that is no directory", () => {
    expect(message({ steps: { fetch, publish: { ...publish, prefix: "/out" } } })).toBe(
      `partners/acme.steps.publish.prefix must end with "/" and not begin with it, got "/out"; for example "out/"`,
    );
  });

  it("that lists orders knows none yet", () => {
    expect(
      message({
        discovery: {
          look: { ...(discovery["look"] as object), program: ["x", "{orderId}"] } as never,
        },
        triggers: { look: { ...daily, starts: "discovery" } },
      }),
    ).toBe(
      `partners/acme.discovery.look.program[1] holds the unknown placeholder {orderId}, got "{orderId}"; known are {staging}`,
    );
  });

  it("may pass braces that are no placeholders", () => {
    const program = ["/opt/acme/fetch", '{"since": 1}', "{}", "x{1}", "${HOME}"];
    expect(withFetch({ program })).toContain("program[4] holds the unknown placeholder {HOME}");
    expect(
      definePartner(
        partnerInput({
          steps: { fetch: { ...fetch, program: program.slice(0, 4) }, publish },
        }),
      ).id,
    ).toBe("acme");
  });
});

test("steps without a cycle are never taken for one, and a cycle is always found", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 6 }).chain((count) =>
        fc.record({
          count: fc.constant(count),
          edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 12 }),
        }),
      ),
      ({ count, edges }) => {
        const names = Array.from({ length: count }, (_, index) => `step${String(index)}`);
        const steps = Object.fromEntries(
          names.map((name, index) => [
            name,
            {
              ...publish,
              after: [
                ...new Set(
                  edges
                    .filter(([to, from]) => to === index && from !== to)
                    .map(([, from]) => names[from] ?? ""),
                ),
              ],
            },
          ]),
        );
        const text = message({ steps });
        expect(text.includes("must not wait for itself")).toBe(!isAcyclic(steps));
      },
    ),
  );
});

/** Removes what waits for nothing that is left, until nothing can be removed: the textbook's way, not the one tested. */
function isAcyclic(steps: Record<string, { after: readonly string[] }>): boolean {
  const left = new Map(Object.entries(steps));
  for (;;) {
    const free = [...left].filter(([, { after }]) => after.every((name) => !left.has(name)));
    if (free.length === 0) return left.size === 0;
    for (const [name] of free) left.delete(name);
  }
}
