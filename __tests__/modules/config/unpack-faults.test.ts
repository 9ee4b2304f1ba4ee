import { definePartner, manual, s3Object, type PartnerInput } from "../../../modules";
import { ConfigError } from "../../../modules/core";

const base = (unpack: object, triggers: PartnerInput["triggers"]): PartnerInput => ({
  id: "acme",
  owner: "team@example.com",
  source: { company: "Acme" },
  triggers,
  compute: { pool: "general" },
  steps: { unpack: { kind: "unpack", ...unpack } },
});
const dropped = { dropped: s3Object({ bucket: "landing", suffix: ".zip" }) };

function faultOf(input: PartnerInput): string {
  try {
    definePartner(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

test("defaults are safe", () => {
  const { steps } = definePartner(base({}, dropped));
  expect(steps["unpack"]).toMatchObject({
    to: "processed",
    ifTaken: "fail",
    nameEncoding: "auto",
    limits: { entries: 100_000, entryGib: 100, totalGib: 200, ratio: 200 },
  });
});

test.each([
  [
    "an order that comes from no object",
    base({}, { ...dropped, byHand: manual() }),
    'partners/acme.triggers.byHand.kind starts orders that come from no object, which a step of kind "unpack" can not unpack, got "manual"; remove the trigger, or the step',
  ],
  [
    "the bucket that is watched",
    base(
      { to: "landing", prefix: "out/" },
      { dropped: s3Object({ bucket: "landing", prefix: "in/" }) },
    ),
    'partners/acme.steps.unpack.to is the bucket that the trigger watches: an unpacked file could start an order of its own, got "landing"; unpack into the other bucket',
  ],
  [
    "keys that all orders share",
    base({ files: "result/" }, dropped),
    'partners/acme.steps.unpack.files must hold {orderId}, else all orders write to the same keys, got "result/"',
  ],
  [
    "an unknown placeholder",
    base({ files: "{orderId}/{user}/" }, dropped),
    'partners/acme.steps.unpack.files holds the unknown placeholder {user}, got "{orderId}/{user}/"; known is {orderId}',
  ],
  [
    "a prefix that is none",
    base({ files: "{orderId}" }, dropped),
    'partners/acme.steps.unpack.files must end with "/" and not begin with it, got "{orderId}"',
  ],
  [
    "replacing what no one else writes",
    base({ ifTaken: "overwrite" }, dropped),
    'partners/acme.steps.unpack.ifTaken needs "files": keys below the delivery are never taken by another order, got "overwrite"',
  ],
])("fails for %s", (_name, input, message) => {
  expect(faultOf(input)).toBe(message);
});

describe("an archive in staging", () => {
  const fetch = {
    kind: "fetch",
    program: ["/opt/acme/fetch", "{orderId}", "{staging}"],
    isolation: { sharedHost: "our own program, reviewed" },
  } satisfies PartnerInput["steps"][string];
  const staged = (unpack: object, more: Partial<PartnerInput> = {}): PartnerInput => ({
    ...base(
      { after: ["fetch"], from: { step: "fetch", file: "*.zip" }, ...unpack },
      {
        byHand: manual(),
      },
    ),
    ...more,
  });
  const withSteps = (unpack: object): PartnerInput => {
    const input = staged(unpack);
    return { ...input, steps: { fetch, ...input.steps } };
  };

  test("needs no object that the order came from", () => {
    const { steps } = definePartner(withSteps({}));
    expect(steps["unpack"]).toMatchObject({
      from: { step: "fetch", file: "*.zip", checksumFiles: [] },
    });
  });

  test.each([
    [
      "no step of kind fetch",
      staged({ after: [] }),
      'partners/acme.steps.unpack.from.step must be a step of kind "fetch", got "fetch"; known are none',
    ],
    [
      "a step that does not come before",
      withSteps({ after: [] }),
      'partners/acme.steps.unpack.from.step must come before this step, got "fetch"; add it to "after"',
    ],
    [
      "staging that dies with the job",
      { ...withSteps({}), staging: { kind: "scratch" as const } },
      'partners/acme.steps.fetch.kind hands files to another job, but staging of kind "scratch" dies with the job, got "fetch"; use one step of kind "deliver", or staging of kind "efs"',
    ],
  ])("%s", (_, input, fault) => {
    expect(faultOf(input)).toBe(fault);
  });
});
