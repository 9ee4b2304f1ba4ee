import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LANDING, startTestS3, type TestS3 } from "../support/test-s3";
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

test("a step's report and its last line tell what it used, its retries included", async () => {
  const run = new TestRun(bench, s3);
  run.program("");
  mkdirSync(run.files, { recursive: true });
  writeFileSync(join(run.files, "a.txt"), "content");
  expect((await run.run(FETCH)).outcome).toBe("ok");
  let refused = 0;
  s3.fault = ({ bucket, key, method }) => {
    if (bucket !== LANDING || method !== "PUT" || !key.endsWith("a.txt") || refused === 2)
      return undefined;
    refused += 1;
    return { status: 503, code: "SlowDown" };
  };
  const { outcome, logs, report } = await run.run(PUBLISH);
  expect(outcome).toBe("ok");
  expect(report?.usage).toMatchObject({ retries: 2 });
  expect(report?.usage?.requests).toBeGreaterThan(3);
  expect(report?.usage?.peakMemoryBytes).toBeGreaterThan(10 * 1024 * 1024);
  expect(report?.usage?.durationMs).toBeGreaterThan(0);
  const told = logs.filter((line) => "_aws" in line);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({
    partner: "acme",
    step: "publish",
    Files: 1,
    Bytes: 7,
    Retries: 2,
    Failures: 0,
    message: "what the step has used",
  });
  expect(logs.at(-1)?.message).toMatch(/^done: /u);
});
