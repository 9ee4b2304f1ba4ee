import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isAbove, type LockRecord } from "../../../images/worker/src/lock/step-lock";
import { lockKey } from "../../../modules/contract";
import { LANDING, LEDGER, startTestS3, type TestS3 } from "../support/test-s3";
import { FETCH, PUBLISH, TestRun, WorkerBench } from "../support/worker-process";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});
let s3: TestS3;
beforeEach(async () => {
  s3 = await startTestS3();
});
afterEach(() => s3.close());

async function fetched(): Promise<TestRun> {
  const run = new TestRun(bench, s3);
  run.program("require('fs').writeFileSync('a.txt', 'a')");
  mkdirSync(join(run.root, "mnt/staging"), { recursive: true });
  expect((await run.run(FETCH)).outcome).toBe("ok");
  return run;
}

/** Puts a lock of a worker of another generation in the place of the one that is there. */
async function takeOver(run: TestRun, generation: number): Promise<void> {
  const key = lockKey({ ...run.ref, step: "publish" });
  const record: LockRecord = {
    schemaVersion: 1,
    ...run.ref,
    step: "publish",
    generation,
    jobId: "job-other",
    batchAttempt: 1,
    nonce: "another",
    takenAt: "2026-03-01T00:00:00.000Z",
  };
  await s3.put(LEDGER, key, JSON.stringify(record));
}

test("who was taken over before the manifest writes none, and ends as superseded", async () => {
  const run = await fetched();
  s3.fault = async ({ method, key }) => {
    if (method === "PUT" && key.endsWith("/files/a.txt")) await takeOver(run, 2);
    return undefined;
  };
  const ended = await run.run(PUBLISH);
  expect(ended.code).toBe(77);
  expect(ended.report?.message).toBe(
    "another worker has taken over this step (generation 2, job job-other, attempt 1); this one writes nothing more",
  );
  expect(s3.keys(LANDING)).toEqual([`${run.prefix}files/a.txt`]);
});

test("a lower worker does not begin", async () => {
  const run = await fetched();
  await takeOver(run, 2);
  expect((await run.run(PUBLISH)).outcome).toBe("superseded");
  expect(s3.keys(LANDING)).toEqual([]);
});

test("a higher worker takes over and delivers", async () => {
  const run = await fetched();
  await takeOver(run, 1);
  const step = run.start(PUBLISH, { PARTNER_INGEST_GENERATION: "2" });
  expect((await step.ended).outcome).toBe("ok");
  const lock = JSON.parse(
    await s3.text(LEDGER, lockKey({ ...run.ref, step: "publish" })),
  ) as LockRecord;
  expect(lock).toMatchObject({ generation: 2, jobId: "job-publish", batchAttempt: 1 });
});

test("a lock whose answer was lost is one's own", async () => {
  const run = await fetched();
  let lost = 0;
  s3.fault = ({ method, key }) =>
    method === "PUT" && key.includes("/locks/") && (lost += 1) === 1 ? "lost" : undefined;
  expect((await run.run(PUBLISH)).outcome).toBe("ok");
  expect(lost).toBeGreaterThan(1);
});

test.each<[Partial<LockRecord>, boolean]>([
  [{ generation: 2, jobId: "a", batchAttempt: 1 }, true],
  [{ generation: 1, jobId: "c", batchAttempt: 1 }, true],
  [{ generation: 1, jobId: "b", batchAttempt: 3 }, true],
  [{ generation: 1, jobId: "b", batchAttempt: 2 }, true],
  [{ generation: 1, jobId: "b", batchAttempt: 1 }, false],
  [{ generation: 1, jobId: "a", batchAttempt: 9 }, false],
])("%j against generation 1, job b, attempt 2: above is %s", (own, above) => {
  const there = { generation: 1, jobId: "b", batchAttempt: 2 } as LockRecord;
  expect(isAbove({ ...there, ...own }, there)).toBe(above);
});
