import { readdirSync } from "node:fs";
import { join } from "node:path";
import { manifestKey, type Manifest } from "../../../modules/contract";
import { LANDING, LEDGER, startTestS3, type TestS3 } from "../support/test-s3";
import { DAY, FETCH, PUBLISH, TestRun, WorkerBench } from "../support/worker-process";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});

let s3: TestS3;
beforeEach(async () => {
  s3 = await startTestS3();
});
afterEach(() => s3.close());

const manifestOf = async (run: TestRun): Promise<Manifest> =>
  JSON.parse(await s3.text(LANDING, manifestKey("in/", run.ref))) as Manifest;

const WRITE = `
const { writeFileSync, mkdirSync } = require("node:fs");
const [, , , order, , into] = process.argv;
mkdirSync(into + "/deep/er", { recursive: true });
writeFileSync(into + "/deep/er/a b+c%20é.txt", "order " + order);
writeFileSync(into + "/empty", "");
writeFileSync(into + "/large.bin", Buffer.alloc(20 * 1024 * 1024, "abcdefghi"));
console.log("written");
`;

test("delivers what the program wrote, byte for byte, the manifest last", async () => {
  const run = new TestRun(bench, s3);
  run.program(WRITE);
  const fetched = await run.run(FETCH);
  expect(fetched.outcome).toBe("ok");
  const published = await run.run(PUBLISH);
  expect(published.logs.filter(({ level }) => level !== "info")).toEqual([]);
  expect(published.outcome).toBe("ok");

  const { files, totals, orderId, source } = await manifestOf(run);
  expect(orderId).toBe("ORDER-1");
  expect(source).toEqual({ kind: "manual", orderId: "ORDER-1" });
  expect(totals).toEqual({ files: 3, bytes: 20 * 1024 * 1024 + 13 });
  expect(files.map(({ path, key, size, contentType }) => [path, key, size, contentType])).toEqual([
    [
      "deep/er/a b+c%20é.txt",
      `${run.prefix}files/deep/er/a b+c%20é.txt`,
      13,
      "text/plain; charset=utf-8",
    ],
    ["empty", `${run.prefix}files/empty`, 0, "application/octet-stream"],
    ["large.bin", `${run.prefix}files/large.bin`, 20 * 1024 * 1024, "application/octet-stream"],
  ]);
  expect(await s3.text(LANDING, `${run.prefix}files/deep/er/a b+c%20é.txt`)).toBe("order ORDER-1");
  const large = `${run.prefix}files/large.bin`;
  expect((await s3.read(LANDING, large)).equals(Buffer.alloc(20 * 1024 * 1024, "abcdefghi"))).toBe(
    true,
  );
  expect(files[2]?.crc32).toBe(s3.crc32(LANDING, large));
  expect(s3.uploads(LANDING)).toBe(0);

  const writes = s3.requests.filter(
    ({ bucket, method }) => bucket === LANDING && /PUT|POST/u.test(method),
  );
  expect(writes.at(-1)?.key).toBe(manifestKey("in/", run.ref));
  expect(
    writes
      .filter(({ query }) => !query.has("partNumber") && !query.has("uploads"))
      .every(({ headers }) => headers["if-none-match"] === "*"),
  ).toBe(true);
  expect(s3.keys(LEDGER)).toEqual([
    `acme/days/${DAY}/${run.orderKey}.1.delivered.json`,
    `acme/runs/${run.orderKey}/1/locks/fetch.json`,
    `acme/runs/${run.orderKey}/1/locks/publish.json`,
    `acme/runs/${run.orderKey}/1/steps/fetch/1/job-fetch.1.report.json`,
    `acme/runs/${run.orderKey}/1/steps/publish/1/job-publish.1.report.json`,
  ]);
  expect(published.report).toMatchObject({
    outcome: "ok",
    interruptedByHost: false,
    counts: { files: 3, bytes: 20 * 1024 * 1024 + 13 },
  });
  expect(fetched.report?.program).toEqual({ exitCode: 0, signal: null, stderrTail: "" });
  expect(readdirSync(join(run.root, "mnt/staging"))).toEqual([]);
});

test("delivers in one job from staging that dies with it", async () => {
  const run = new TestRun(bench, s3, "ORDER-1", bench.newRoot(), {
    PARTNER_INGEST_STAGING_DIRECTORY: "/mnt/scratch/staging",
  });
  run.program(WRITE);
  const ended = await run.run({ ...FETCH, ...PUBLISH, kind: "deliver" });
  expect(ended.outcome).toBe("ok");
  const { totals } = await manifestOf(run);
  expect(totals).toEqual({ files: 3, bytes: 20 * 1024 * 1024 + 13 });
  expect(readdirSync(join(run.root, "mnt"))).toEqual(["scratch"]);
  expect(readdirSync(join(run.root, "mnt/scratch/staging"))).toEqual([]);
});
