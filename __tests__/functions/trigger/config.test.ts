import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConfigError } from "../../../functions/runs-core/errors";
import { loadConfig } from "../../../functions/trigger/config";
import { specDigest, specJson } from "../../../modules/contract";
import { SPEC } from "./support/fixtures";

let directory: string;
const specFile = (): string => path.join(directory, "spec.json");
const writeSpec = (spec: unknown): void => {
  writeFileSync(specFile(), typeof spec === "string" ? spec : JSON.stringify(spec));
};
const ENVIRONMENT = {
  AWS_REGION: "eu-central-1",
  PARTNER_INGEST_JOB_DEFINITION_REVISIONS: '{"fetch":3,"publish":"7","list":1}',
};
const faults = (environment: Record<string, string> = ENVIRONMENT): readonly string[] => {
  try {
    loadConfig(specFile(), environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "trigger-config-"));
  writeSpec(specJson(SPEC));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

it("reads the spec, and revisions as numbers or as the text that templates make of them", () => {
  expect(loadConfig(specFile(), ENVIRONMENT)).toEqual({
    spec: SPEC,
    digest: specDigest(SPEC),
    revisions: { fetch: 3, publish: 7, list: 1 },
    region: "eu-central-1",
  });
});

it("tells everything that is missing at once", () => {
  rmSync(specFile());
  const [spec, ...rest] = faults({});
  expect(spec).toMatch(
    /^spec\.json can not be read at ".+" \((?:Error: )?ENOENT: .+\); it lies beside the code in the function's zip$/u,
  );
  expect(rest).toEqual([
    "environment variable AWS_REGION is missing; Lambda sets it",
    'environment variable PARTNER_INGEST_JOB_DEFINITION_REVISIONS is missing; it must be a JSON object from step to revision, such as {"fetch":3}',
  ]);
  expect(() => loadConfig(specFile(), {})).toThrow(
    `the trigger can not start: ${[spec, ...rest].join("; ")}`,
  );
});

it.each([
  ["nonsense", 'must be a JSON object from step to revision, such as {"fetch":3}, got "nonsense"'],
  ["[1]", 'must be a JSON object from step to revision, such as {"fetch":3}, got "[1]"'],
])("refuses the revisions %s", (revisions, message) => {
  const environment = { ...ENVIRONMENT, PARTNER_INGEST_JOB_DEFINITION_REVISIONS: revisions };
  expect(faults(environment)).toEqual([
    `environment variable PARTNER_INGEST_JOB_DEFINITION_REVISIONS ${message}`,
  ]);
});

it("tells each wrong and each missing revision", () => {
  const revisions = '{"fetch":0,"publish":"1.5"}';
  const environment = { ...ENVIRONMENT, PARTNER_INGEST_JOB_DEFINITION_REVISIONS: revisions };
  const name = "environment variable PARTNER_INGEST_JOB_DEFINITION_REVISIONS";
  expect(faults(environment)).toEqual([
    `${name}: "fetch" must be a revision of 1 or more, got 0`,
    `${name}: "publish" must be a revision of 1 or more, got "1.5"`,
    `${name} lacks the revision of step "list"`,
  ]);
});

it("refuses another region than that of the partner's ARNs", () => {
  expect(faults({ ...ENVIRONMENT, AWS_REGION: "us-east-1" })).toEqual([
    'environment variable AWS_REGION is "us-east-1", but spec.json is for "eu-central-1"; deploy the partner in its own region',
  ]);
});

it("refuses a spec that is no JSON", () => {
  writeSpec("{");
  expect(faults()).toEqual([expect.stringMatching(/^spec\.json: is no JSON: /u)]);
});

const [fetchStep, publishStep] = SPEC.chains.order;
it.each<[string, object, readonly string[]]>([
  ["its version", { schemaVersion: 2 }, ["schemaVersion must be 1, got 2"]],
  [
    "its texts",
    { partner: "", ledgerBucket: undefined },
    [
      'partner must be a text that is not empty, got ""',
      "ledgerBucket must be a text that is not empty, got nothing",
    ],
  ],
  [
    "its triggers",
    {
      triggers: [
        { name: "a", kind: "cron", starts: "order" },
        { name: "a", kind: "schedule", starts: "later", timezone: "Mars/Base" },
        { name: "b", kind: "s3", starts: "order", bucket: "", prefix: 1, suffix: "" },
        null,
      ],
    },
    [
      'triggers[0].kind must be "manual", "schedule" or "s3", got "cron"',
      'triggers[1].name must be unique, got "a" again',
      'triggers[1].starts must be "order" or "discovery", got "later"',
      'triggers[1].timezone must be an IANA time zone, got "Mars/Base"',
      'triggers[2].bucket must be a text that is not empty, got ""',
      "triggers[2].prefix must be a text, got 1",
      "triggers[3] must be an object, got null",
    ],
  ],
  [
    "a trigger that starts nothing",
    { chains: { ...SPEC.chains, discovery: [] } },
    ['triggers[1].starts names the chain "discovery", which has no steps'],
  ],
  [
    "the order of its steps",
    { chains: { ...SPEC.chains, order: [publishStep, fetchStep, fetchStep] } },
    [
      'chains.order[0].after names "fetch", which is no earlier step of the chain',
      'chains.order[2].name must be unique in its chain, got "fetch" again',
    ],
  ],
  [
    "a step",
    {
      chains: {
        ...SPEC.chains,
        discovery: [
          { name: "list", after: "x", queues: { standard: "q" }, schedulingPriority: 1e4 },
        ],
      },
    },
    [
      "chains.discovery[0].jobDefinition must be a text that is not empty, got nothing",
      "chains.discovery[0].queues.onDemand must be a text that is not empty, got nothing",
      'chains.discovery[0].after must be a list, got "x"',
      "chains.discovery[0].schedulingPriority must be an integer from 0 to 9,999, got 10000",
    ],
  ],
  [
    "tags that Batch does not take",
    { jobTags: { "aws:x": "1", ok: "a\tb", "": "v", long: "x".repeat(257) } },
    [
      'jobTags["aws:x"] is no tag key; allowed are 1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with "aws:"',
      'jobTags["ok"] must be at most 256 letters, digits, spaces and _.:/=+-@, got "a\\tb"',
      'jobTags[""] is no tag key; allowed are 1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with "aws:"',
      `jobTags["long"] must be at most 256 letters, digits, spaces and _.:/=+-@, got "${"x".repeat(199)} ...`,
    ],
  ],
  [
    "too many tags",
    { jobTags: Object.fromEntries(Array.from({ length: 48 }, (_, i) => [`t${String(i)}`, "v"])) },
    ["jobTags may hold at most 47 tags beside partner, orderKey, step, got 48"],
  ],
  [
    "tags that leave no room for an order",
    {
      jobTags: Object.fromEntries(
        Array.from({ length: 47 }, (_, i) => [`t${String(i)}`, "v".repeat(256)]),
      ),
    },
    ["jobTags may take at most 12288 bytes of JSON, got 12446"],
  ],
  [
    "tags of the trigger's own",
    { jobTags: { step: "x", partner: "other" } },
    [
      'jobTags["partner"] is set by the trigger itself, got "other"; use another key',
      'jobTags["step"] is set by the trigger itself, got "x"; use another key',
    ],
  ],
])("refuses a spec for %s", (_what, change, expected) => {
  writeSpec({ ...SPEC, ...change });
  expect(faults().filter((fault) => fault.startsWith("spec.json"))).toEqual(
    expected.map((fault) => `spec.json: ${fault}`),
  );
});

it("lets the partner's tags hold the partner's own id", () => {
  writeSpec({ ...SPEC, jobTags: { partner: SPEC.partner } });
  expect(faults()).toEqual([]);
});
