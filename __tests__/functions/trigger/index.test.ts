import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { specJson, type TriggerAnswer } from "../../../modules/contract";
import { AwsDouble, reset } from "./support/aws-double";
import { eventBridgeEvent } from "./support/events";
import { SPEC, step } from "./support/fixtures";

const run = promisify(execFile);

/** Calls the bundled handler as Lambda does: another process, events one after the other in the same sandbox. */
const DRIVER = `
const { handler } = require("./index.js");
(async () => {
  for (const event of JSON.parse(process.argv[2])) {
    const context = { awsRequestId: "r", getRemainingTimeInMillis: () => 60000 };
    try { console.log(JSON.stringify({ answer: await handler(event, context) })); }
    catch (error) { console.log(JSON.stringify({ failed: error.name + ": " + error.message })); }
  }
})();
`;

let directory: string;
let double: AwsDouble;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "trigger-bundle-"));
  await build({
    entryPoints: [path.resolve(__dirname, "../../../functions/trigger/index.ts")],
    outfile: path.join(directory, "index.js"),
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  writeFileSync(path.join(directory, "driver.js"), DRIVER);
});

beforeEach(async () => {
  writeFileSync(path.join(directory, "spec.json"), specJson(SPEC));
  double = await new AwsDouble().start();
});

afterEach(() => double.stop());

afterAll(() => {
  rmSync(directory, { recursive: true });
});

type Line = Readonly<Record<string, unknown>>;

async function invoke(
  events: readonly unknown[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ results: { answer?: TriggerAnswer; failed?: string }[]; log: Line[] }> {
  const { stdout } = await run(process.execPath, ["driver.js", JSON.stringify(events)], {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      AWS_REGION: SPEC.region,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: double.endpoint,
      PARTNER_INGEST_JOB_DEFINITION_REVISIONS: '{"fetch":3,"publish":7,"list":1}',
      ...environment,
    },
  });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  return {
    results: lines.filter((line) => !("level" in line)),
    log: lines.filter((line) => "level" in line),
  };
}

it("runs bundled, with the real SDK, and twice in one sandbox", async () => {
  const { results, log } = await invoke([{ orderId: "1" }, { kind: "manual", orderId: "1" }]);
  expect(results.map(({ answer }) => answer?.orders[0])).toMatchObject([
    { outcome: "started", jobs: { fetch: "job-1", publish: "job-2" } },
    { outcome: "known", jobs: { fetch: "job-1", publish: "job-2" } },
  ]);
  expect(double.jobs).toHaveLength(2);
  expect(log.map(({ event }) => event)).toEqual([
    "order claimed",
    "job submitted",
    "job submitted",
    "order done",
    "order known",
    "order done",
  ]);
  // Nonces of two invocations differ; S3 is addressed by path, as an address without a name needs it.
  expect([...double.objects.keys()].sort()).toEqual(
    [
      /^universal-music\/days\/\d{4}-\d{2}-\d{2}\/1-[0-9a-f]{12}\.1\.claimed\.json$/u,
      /^universal-music\/runs\/1-[0-9a-f]{12}\/1\/claim\.json$/u,
      /\/steps\/fetch\/1\/intent\.json$/u,
      /\/steps\/fetch\/1\/submitted\.json$/u,
      /\/steps\/publish\/1\/intent\.json$/u,
      /\/steps\/publish\/1\/submitted\.json$/u,
      /^universal-music\/spec\/[0-9a-f]{64}\.json$/u,
    ].map((pattern) => expect.stringMatching(pattern) as string),
  );
});

it("meets a reset of every kind of call and goes on, but for the submission", async () => {
  // The look for a claim, spec, day, claim, the look for a pause and the intent each lose their first try; then the
  // submission does.
  const twice = [reset, undefined];
  const pattern = [...twice, ...twice, ...twice, ...twice, ...twice, ...twice, reset];
  for (const answer of pattern)
    double.next.push((response, request) => {
      if (answer !== undefined) answer(response, request);
      else response.writeHead(200, { etag: '"1"' }).end();
    });
  const { results } = await invoke([{ orderId: "1" }]);
  expect(results).toEqual([
    {
      failed: expect.stringMatching(
        /^RetryableError: Batch gave no clear answer to the submission of step "fetch" of order key "1-[0-9a-f]{12}" \(ECONNRESET: .*\) and does not list its job yet; the event must come again: once the lease of the step is over, the job is found or submitted anew$/u,
      ) as string,
    },
  ]);
  expect(double.received.filter(({ path: at }) => at === "/v1/submitjob")).toHaveLength(1);
});

it("asks a function over a connection of its own: a dead one would leave open whether it was asked", async () => {
  const arn = "arn:aws:lambda:eu-central-1:111122223333:function:pi--test--universal-music--unpack";
  const order = [{ ...step("fetch"), function: { arn, upToBytes: 1024 } }];
  const spec = { ...SPEC, chains: { ...SPEC.chains, order } };
  writeFileSync(path.join(directory, "spec.json"), specJson(spec));
  const drops = ["1", "2"].map((id) => eventBridgeEvent({ key: `orders/${id}.xml` }));
  const { results } = await invoke(drops, {
    PARTNER_INGEST_JOB_DEFINITION_REVISIONS: '{"fetch":3,"list":1}',
  });
  expect(results.map(({ answer }) => answer?.orders[0])).toMatchObject([
    { orderId: "1", outcome: "started", jobs: { fetch: "function" } },
    { orderId: "2", outcome: "started", jobs: { fetch: "function" } },
  ]);
  const asked = double.received.filter(({ path: at }) => at.endsWith(`${arn}/invocations`));
  expect(asked).toHaveLength(2);
  expect(new Set(asked.map(({ port }) => port)).size).toBe(2);
});

it("tells a wrong configuration with every event, in one error", async () => {
  writeFileSync(path.join(directory, "spec.json"), "{}");
  const { results } = await invoke([{ orderId: "1" }, { orderId: "1" }], {
    PARTNER_INGEST_JOB_DEFINITION_REVISIONS: "",
  });
  expect(results).toHaveLength(2);
  for (const { failed } of results)
    expect(failed).toMatch(
      /^ConfigError: the trigger can not start: spec\.json: schemaVersion must be 1, got nothing; .+; environment variable PARTNER_INGEST_JOB_DEFINITION_REVISIONS is missing; /u,
    );
});

it("is one light file", () => {
  expect(statSync(path.join(directory, "index.js")).size).toBeLessThan(1_500_000);
});
