import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  LANDING,
  startTestS3,
  type SeenFault,
  type SeenRequest,
  type TestS3,
} from "../support/test-s3";
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

const BIG = Buffer.alloc(20 * 1024 * 1024, "0123456789");

async function fetched(files: Readonly<Record<string, Buffer>>): Promise<TestRun> {
  const run = new TestRun(bench, s3);
  run.program("");
  mkdirSync(run.files, { recursive: true });
  for (const [path, content] of Object.entries(files))
    writeFileSync(join(run.files, path), content);
  expect((await run.run(FETCH)).outcome).toBe("ok");
  return run;
}

test("told to stop: the next attempt goes on with the upload, and sends no part again", async () => {
  const run = await fetched({ "big.bin": BIG });
  const step = run.start(PUBLISH);
  // Parts arrive in any order: the worker is stopped once S3 holds the first one, and no other.
  s3.fault = async ({ query }) => {
    if (!query.has("partNumber") || query.get("partNumber") === "1") return undefined;
    while (s3.parts(LANDING) === 0) await delay(10);
    step.child.kill("SIGTERM");
    return "reset";
  };
  const ended = await step.ended;
  expect(ended.code).toBe(75);
  expect(ended.report).toMatchObject({ outcome: "interrupted", interruptedByHost: true });
  expect(s3.uploads(LANDING)).toBe(1);
  s3.fault = () => undefined;
  const again = await run.run(PUBLISH);
  expect(again.outcome).toBe("ok");
  expect(again.report?.counts["resumedBytes"]).toBe(8 * 1024 ** 2);
  expect(s3.uploads(LANDING)).toBe(0);
  expect((await s3.read(LANDING, `${run.prefix}files/big.bin`)).equals(BIG)).toBe(true);
});

test("parts of other bytes under the same number are sent again, and other uploads are removed", async () => {
  const run = await fetched({ "big.bin": BIG });
  const key = `${run.prefix}files/big.bin`;
  const wrong = Buffer.alloc(8 * 1024 ** 2, "wrong");
  await s3.beginUpload(LANDING, key, [wrong]);
  await s3.beginUpload(LANDING, key, [wrong, BIG.subarray(8 * 1024 ** 2, 16 * 1024 ** 2)]);
  const ended = await run.run(PUBLISH);
  expect(ended.outcome).toBe("ok");
  expect(ended.report?.counts["resumedBytes"]).toBe(8 * 1024 ** 2);
  expect((await s3.read(LANDING, key)).equals(BIG)).toBe(true);
  expect(s3.uploads(LANDING)).toBe(0);
});

test("a role that may not list uploads goes on with those in the journal", async () => {
  const run = await fetched({ "big.bin": BIG });
  const refused = ({ query, method }: SeenRequest): SeenFault =>
    method === "GET" && query.has("uploads") ? { status: 403, code: "AccessDenied" } : undefined;
  const step = run.start(PUBLISH);
  s3.fault = (request) => {
    if (request.query.get("partNumber") === "2") step.child.kill("SIGKILL");
    return refused(request);
  };
  expect((await step.ended).signal).toBe("SIGKILL");
  s3.fault = refused;
  expect((await run.run(PUBLISH)).outcome).toBe("ok");
  expect(
    s3.requests.filter(({ method, query }) => method === "POST" && query.has("uploads")),
  ).toHaveLength(1);
  expect(s3.uploads(LANDING)).toBe(0);
});
