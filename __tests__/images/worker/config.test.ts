import { readConfig } from "../../../images/worker/src/config";
import { StepError } from "../../../images/worker/src/step/step-error";

const SETTINGS = {
  kind: "fetch",
  program: ["/bin/x"],
  noProgressSeconds: 60,
  tryLaterCodes: [3],
};

const ENVIRONMENT = {
  PARTNER_INGEST_PARTNER: "acme",
  PARTNER_INGEST_ORDER_ID: "ORDER 1",
  PARTNER_INGEST_ORDER_KEY: "order-1-0123456789ab",
  PARTNER_INGEST_ATTEMPT: "1",
  PARTNER_INGEST_STEP: "fetch",
  PARTNER_INGEST_GENERATION: "2",
  PARTNER_INGEST_CLAIMED_DAY: "2026-03-01",
  PARTNER_INGEST_LEDGER_BUCKET: "ledger",
  PARTNER_INGEST_SOURCE: JSON.stringify({ kind: "manual", orderId: "ORDER 1" }),
  PARTNER_INGEST_STEP_SETTINGS: JSON.stringify(SETTINGS),
  AWS_BATCH_JOB_ID: "job",
  AWS_BATCH_JOB_ATTEMPT: "1",
  AWS_DEFAULT_REGION: "eu-west-1",
};

const fault = (env: NodeJS.ProcessEnv, args: readonly string[] = ["fetch"]): string => {
  try {
    readConfig(args, { ...ENVIRONMENT, ...env });
  } catch (error) {
    expect(error).toBeInstanceOf(StepError);
    expect((error as StepError).outcome).toBe("configuration");
    return (error as StepError).message;
  }
  return "";
};

test("reads all that the job is told", () => {
  expect(readConfig(["fetch"], { ...ENVIRONMENT, AWS_BATCH_JOB_ARRAY_INDEX: "0" })).toMatchObject({
    partner: "acme",
    orderId: "ORDER 1",
    orderKey: "order-1-0123456789ab",
    attempt: 1,
    step: "fetch",
    generation: 2,
    job: { id: "job", attempt: 1, arrayIndex: 0 },
    settings: SETTINGS,
    aws: { region: "eu-west-1", pathStyle: false },
    root: "/",
  });
});

test("fails with all that is missing at once", () => {
  expect(() => readConfig(["fetch"], {})).toThrow(
    "the worker's environment is not usable: variables are missing: " +
      "PARTNER_INGEST_PARTNER, PARTNER_INGEST_ORDER_KEY, PARTNER_INGEST_ATTEMPT, PARTNER_INGEST_STEP, " +
      "PARTNER_INGEST_GENERATION, PARTNER_INGEST_ORDER_ID, PARTNER_INGEST_CLAIMED_DAY, " +
      "PARTNER_INGEST_LEDGER_BUCKET, PARTNER_INGEST_SOURCE, PARTNER_INGEST_STEP_SETTINGS, " +
      "AWS_BATCH_JOB_ID, AWS_BATCH_JOB_ATTEMPT, AWS_REGION",
  );
});

test.each<[string, NodeJS.ProcessEnv, string]>([
  [
    "an order key that is a path",
    { PARTNER_INGEST_ORDER_KEY: "../../x" },
    'PARTNER_INGEST_ORDER_KEY must be an order key: slug, -, 12 hex, got "../../x"',
  ],
  [
    "a step that is a path",
    { PARTNER_INGEST_STEP: "a/b" },
    'PARTNER_INGEST_STEP must be a step name such as fetch, got "a/b"',
  ],
  [
    "an attempt of 0",
    { PARTNER_INGEST_ATTEMPT: "0" },
    'PARTNER_INGEST_ATTEMPT must be a whole number of at least 1, got "0"',
  ],
  [
    "an order id with a line break",
    { PARTNER_INGEST_ORDER_ID: "a\nb" },
    'PARTNER_INGEST_ORDER_ID holds control characters, got "a\\nb"',
  ],
  [
    "a source of an unknown kind",
    { PARTNER_INGEST_SOURCE: '{"kind":"fax"}' },
    'PARTNER_INGEST_SOURCE must be the JSON of an order\'s source, got {"kind":"fax"}',
  ],
  [
    "settings that are no JSON",
    { PARTNER_INGEST_STEP_SETTINGS: "{" },
    "PARTNER_INGEST_STEP_SETTINGS: is no JSON",
  ],
  [
    "settings of another verb",
    { PARTNER_INGEST_STEP_SETTINGS: JSON.stringify({ ...SETTINGS, kind: "list" }) },
    'PARTNER_INGEST_STEP_SETTINGS: kind must be "fetch" like the verb, got "list"',
  ],
  [
    "settings that are wrong in several places",
    {
      PARTNER_INGEST_STEP_SETTINGS: JSON.stringify({
        ...SETTINGS,
        program: [],
        noProgressSeconds: 0,
        tryLaterCodes: undefined,
      }),
    },
    "PARTNER_INGEST_STEP_SETTINGS: program must be a list of texts: the program and its arguments, got []; " +
      "PARTNER_INGEST_STEP_SETTINGS: noProgressSeconds must be a number above 0, got 0; " +
      "PARTNER_INGEST_STEP_SETTINGS: tryLaterCodes must be a list of exit codes, got nothing",
  ],
  [
    "a staging directory that leads elsewhere",
    { PARTNER_INGEST_STAGING_DIRECTORY: "/mnt/../etc" },
    'PARTNER_INGEST_STAGING_DIRECTORY must be an absolute path without .., got "/mnt/../etc"',
  ],
])("fails for %s", (_, env, text) => {
  expect(fault(env)).toBe(`the worker's environment is not usable: ${text}`);
});

test.each([
  [[], '""'],
  [["fetch", "x"], '"fetch x"'],
  [["inflate"], '"inflate"'],
  [["publish", "--verify", "x"], '"publish --verify x"'],
  [["--verify", "publish"], '"--verify publish"'],
])("fails for the command %j", (args, shown) => {
  expect(fault({}, args)).toContain(
    `the command must be one verb of fetch, publish, deliver, list, unpack, process, merge, got ${shown}`,
  );
});

test("--verify is of the verbs that publish", () => {
  const PUBLISH = { kind: "publish", bucket: "b", prefix: "", checksumFiles: [], minFiles: 1 };
  const env = { ...ENVIRONMENT, PARTNER_INGEST_STEP_SETTINGS: JSON.stringify(PUBLISH) };
  expect(readConfig(["publish", "--verify"], env).verify).toBe(true);
  expect(readConfig(["publish"], env).verify).toBe(false);
  expect(fault({}, ["fetch", "--verify"])).toBe(
    "the worker's environment is not usable: --verify compares what was delivered and is of " +
      'publish, deliver, unpack, merge, got it with "fetch"; leave it out',
  );
});

test("fails for a prefix that would leave the delivery's place", () => {
  const settings = { kind: "publish", bucket: "b", prefix: "/in", checksumFiles: [], minFiles: 1 };
  expect(fault({ PARTNER_INGEST_STEP_SETTINGS: JSON.stringify(settings) }, ["publish"])).toBe(
    "the worker's environment is not usable: PARTNER_INGEST_STEP_SETTINGS: prefix must be empty, " +
      'or a text that ends in / and does not begin with /, got "/in"',
  );
});
