import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LANDING, startTestS3, type TestS3 } from "../support/test-s3";
import { FETCH, PUBLISH, TestRun, WorkerBench } from "../support/worker-process";

const FILES = 300;
const BYTES = 1024;

const bench = new WorkerBench();
let s3: TestS3;
beforeAll(async () => {
  s3 = await startTestS3();
});
afterAll(async () => {
  await s3.close();
  bench.remove();
});

test("a re-run of a delivered order reads a listing and the manifest, and uploads nothing", async () => {
  const run = new TestRun(bench, s3);
  run.program("");
  mkdirSync(run.files, { recursive: true });
  for (let index = 0; index < FILES; index += 1)
    writeFileSync(join(run.files, `file-${String(index)}`), Buffer.alloc(BYTES, index));
  expect((await run.run(FETCH)).outcome).toBe("ok");
  expect((await run.run(PUBLISH)).report?.counts).toMatchObject({ files: FILES });
  const before = s3.requests.length;
  const again = await run.run(PUBLISH);
  expect(again.report).toMatchObject({
    outcome: "ok",
    counts: { files: FILES, bytes: FILES * BYTES, publishedBefore: 1 },
  });
  const toLanding = s3.requests.slice(before).filter(({ bucket }) => bucket === LANDING);
  expect(toLanding.map(({ method }) => method)).toEqual(["GET", "GET"]);
  expect(toLanding[0]?.query.get("list-type")).toBe("2");
  expect(toLanding[1]?.key).toContain("manifest");
});
