import { TELEPORT_PATH, teleportScript } from "../../../images/teleport/stand-in";
import {
  startLabelServer,
  type LabelFault,
  type LabelServer,
} from "../../../images/teleport/stand-in/label-server";
import { DEFAULT_ORDER, demoOrders } from "../../../images/teleport/stand-in/orders";
import {
  type Manifest,
  manifestKey,
  QUARANTINE_ROOT,
  type StepSettings,
} from "../../../modules/contract";
import { placeInRoot } from "../support/place-in-root";
import { LANDING, startTestS3, type TestS3 } from "../support/test-s3";
import { PUBLISH, TestRun, WorkerBench } from "../support/worker-process";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});

let s3: TestS3;
let label: LabelServer;
afterEach(async () => {
  await s3.close();
  await label.close();
});

const FETCH = {
  kind: "fetch",
  program: [TELEPORT_PATH, "fetch", "--order", "{orderId}", "--into", "{staging}"],
  noProgressSeconds: 60,
  tryLaterCodes: [3],
} as const satisfies StepSettings;

const CHECKED = { ...PUBLISH, checksumFiles: ["SHA256SUMS", "*.md5"] } as const;

async function order(faults: readonly LabelFault[] = []): Promise<TestRun> {
  s3 = await startTestS3();
  label = await startLabelServer({ faults });
  const run = new TestRun(bench, s3, DEFAULT_ORDER, bench.newRoot(), {
    TELEPORT_URL: label.url,
    TELEPORT_TOKEN: label.token,
  });
  await placeInRoot({ [TELEPORT_PATH]: teleportScript(undefined) }, run.root);
  return run;
}

async function expectDelivered(run: TestRun): Promise<void> {
  const manifest = JSON.parse(await s3.text(LANDING, manifestKey("in/", run.ref))) as Manifest;
  const source = demoOrders().find(({ id }) => id === DEFAULT_ORDER)?.files ?? [];
  for (const { path, content } of source) {
    const file = manifest.files.find((entry) => entry.path === path);
    expect((await s3.read(LANDING, file?.key ?? "")).equals(content)).toBe(true);
  }
  expect(manifest.totals.files).toBe(source.length + 2);
}

test("an order of the label arrives byte for byte", async () => {
  const run = await order();
  expect((await run.run(FETCH)).outcome).toBe("ok");
  const published = await run.run(CHECKED);
  expect(published.outcome).toBe("ok");
  expect(published.report?.counts["checksumsCompared"]).toBe(7);
  await expectDelivered(run);
});

test("a fetch that is killed goes on with what it had, and the order is published once", async () => {
  const run = await order([{ kind: "slow", bytesPerSecond: 8 * 1024 * 1024 }]);
  const step = run.start(FETCH);
  await step.logged(/"audio\/01 Prelude\.wav\\" \d+ of/u);
  step.child.kill("SIGTERM");
  expect((await step.ended).code).toBe(75);
  expect((await run.run(CHECKED)).outcome).toBe("badDelivery");
  const again = await run.run(FETCH);
  expect(again.outcome).toBe("ok");
  expect(again.logs.some(({ message }) => /Prelude\.wav" goes on at [1-9]/u.test(message))).toBe(
    true,
  );
  expect((await run.run(CHECKED)).outcome).toBe("ok");
  await expectDelivered(run);
});

test.each<[string, LabelFault, string, number | null]>([
  ["is down", { kind: "unavailable" }, "tryLater", 3],
  ["breaks off", { kind: "truncate", path: "artwork/cover.jpg" }, "programFailed", 5],
  ["sends wrong bytes", { kind: "corrupt", path: "artwork/cover.jpg" }, "programFailed", 4],
])("when the label's server %s, the report tells it", async (_, fault, outcome, exitCode) => {
  const run = await order([fault]);
  const ended = await run.run(FETCH);
  expect(ended.outcome).toBe(outcome);
  expect(ended.report?.program?.exitCode).toBe(exitCode);
  expect(ended.report?.program?.stderrTail).toMatch(/^teleport: /u);
});

test("a server that hangs does not hold the job for ever", async () => {
  const run = await order([{ kind: "hang", path: "artwork/cover.jpg" }]);
  const ended = await run.run({ ...FETCH, noProgressSeconds: 2 });
  expect(ended.outcome).toBe("noProgress");
});

test("wrong bytes that the program does not notice are noticed before anything is published", async () => {
  const run = await order([{ kind: "corrupt", path: "artwork/cover.jpg" }]);
  const trusting = { ...FETCH, program: [...FETCH.program, "--no-verify"] };
  expect((await run.run(trusting)).outcome).toBe("ok");
  const ended = await run.run(CHECKED);
  expect(ended.outcome).toBe("badDelivery");
  expect(ended.report?.message).toMatch(
    /^the delivery does not agree with its checksum files: .*"artwork\/cover\.jpg" has sha256 /u,
  );
  const keys = s3.keys(LANDING);
  expect(keys.filter((key) => !key.startsWith(QUARANTINE_ROOT))).toEqual([]);
  expect(keys.filter((key) => key.endsWith("/reason.json"))).toHaveLength(1);
});
