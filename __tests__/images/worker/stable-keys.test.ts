import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { copyObject } from "../../../images/worker/src/publish/copy-object";
import { manifestKey, type Manifest } from "../../../modules/contract";
import { CREDENTIALS, LANDING, REGION, startTestS3, type TestS3 } from "../support/test-s3";
import { FETCH, PUBLISH, TestRun, WorkerBench, type EndedStep } from "../support/worker-process";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});

let s3: TestS3;
beforeEach(async () => {
  s3 = await startTestS3();
});
afterEach(() => s3.close());

const KEY = "current/feed.tsv";
const SETTINGS = { ...PUBLISH, stable: [{ key: KEY, file: "feed*.tsv" }] };

/** An order of a day whose program has written these files. */
async function fetched(day: string, files: Readonly<Record<string, string>>): Promise<TestRun> {
  const run = new TestRun(bench, s3, day, bench.newRoot(), {
    PARTNER_INGEST_SOURCE: JSON.stringify({ kind: "schedule", scheduledTime: `${day}T06:00:00Z` }),
  });
  run.program("");
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(run.files, path)), { recursive: true });
    writeFileSync(join(run.files, path), content);
  }
  expect((await run.run(FETCH)).outcome).toBe("ok");
  return run;
}

const published = async (day: string, content: string): Promise<EndedStep> =>
  (await fetched(day, { "feed.tsv": content })).run(SETTINGS);

test("a stable key is switched when the delivery is whole, and only under conditions", async () => {
  const ended = await published("2026-03-01", "first");
  expect(ended.report?.message).toBeUndefined();
  expect(ended.report?.counts).toMatchObject({ stableKeys: 1 });
  expect(await s3.text(LANDING, KEY)).toBe("first");
  const copies = s3.requests.filter(({ method, key }) => method === "PUT" && key === KEY);
  expect(copies.map(({ headers }) => headers["if-none-match"])).toEqual(["*"]);
  const order = s3.requests.filter(({ method, bucket }) => method === "PUT" && bucket === LANDING);
  expect(order.slice(-2).map(({ key }) => key.split("/").at(-1))).toEqual([
    "manifest.json",
    "feed.tsv",
  ]);
  await published("2026-03-02", "second");
  expect(await s3.text(LANDING, KEY)).toBe("second");
});

test("a delivery of an earlier day does not take the place of a newer one", async () => {
  await published("2026-03-02", "newer");
  const ended = await published("2026-03-01", "older");
  expect(ended.outcome).toBe("ok");
  expect(ended.report?.counts).toMatchObject({ stableKeys: 0, newerThere: 1 });
  expect(await s3.text(LANDING, KEY)).toBe("newer");
});

test("of two deliveries that switch at once the newer one stays, whoever comes first", async () => {
  const older = await fetched("2026-03-01", { "feed.tsv": "older" });
  let second: Promise<EndedStep> | undefined;
  s3.fault = async ({ method, key }) => {
    // The newer delivery is switched to between the other's look and its write.
    if (method !== "PUT" || key !== KEY || second !== undefined) return undefined;
    second = published("2026-03-02", "newer");
    await second;
    return undefined;
  };
  const ended = await older.run(SETTINGS);
  expect((await second)?.outcome).toBe("ok");
  expect(ended.report?.counts).toMatchObject({ newerThere: 1 });
  expect(await s3.text(LANDING, KEY)).toBe("newer");
});

test("an attempt that ended before the switch is completed by the next, without staging", async () => {
  const run = await fetched("2026-03-01", { "feed.tsv": "first" });
  s3.fault = ({ method, key }) =>
    method === "PUT" && key === KEY ? { status: 403, code: "AccessDenied" } : undefined;
  expect((await run.run(SETTINGS)).outcome).toBe("configuration");
  s3.fault = () => undefined;
  const ended = await run.run(SETTINGS);
  expect(ended.report?.counts).toMatchObject({ publishedBefore: 1, stableKeys: 1 });
  expect(await s3.text(LANDING, KEY)).toBe("first");
  const again = s3.requests.length;
  expect((await run.run(SETTINGS)).outcome).toBe("ok");
  expect(
    s3.requests.slice(again).filter(({ method, key }) => method === "PUT" && key === KEY),
  ).toEqual([]);
});

test("an object that no delivery put there stays, and is told", async () => {
  await s3.put(LANDING, KEY, "by hand");
  const ended = await published("2026-03-01", "first");
  expect(ended.outcome).toBe("conflict");
  expect(ended.report?.message).toBe(
    'the stable key "current/feed.tsv" in the bucket "landing" holds an object that no delivery put there; ' +
      "nothing was overwritten: move it away, or name another key in stable",
  );
  expect(await s3.text(LANDING, KEY)).toBe("by hand");
});

test("a delivery without the one file that a stable key holds is a bad one", async () => {
  const run = await fetched("2026-03-01", { "feed-1.tsv": "a", "feed-2.tsv": "b" });
  const ended = await run.run({ ...SETTINGS, quarantine: false });
  expect(ended.outcome).toBe("badDelivery");
  expect(ended.report?.message).toBe(
    'the delivery holds 2 files that match "feed*.tsv", expected the one that "current/feed.tsv" is to hold; nothing was published',
  );
  expect(s3.keys(LANDING)).toEqual([]);
});

test("a file that is too large for one copy is copied in parts, and shown equal by its checksum", async () => {
  const run = await fetched("2026-03-01", { "feed.tsv": "x".repeat(11 * 1024 * 1024) });
  expect((await run.run(PUBLISH)).outcome).toBe("ok");
  const manifest = JSON.parse(await s3.text(LANDING, manifestKey("in/", run.ref))) as Manifest;
  const [file] = manifest.files;
  if (file === undefined) throw new Error("nothing was delivered");
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  const signal = new AbortController().signal;
  const to = { key: KEY, replaces: undefined, metadata: { at: "now" } };
  const sizes = { maxBytes: 1024, partBytes: 5 * 1024 * 1024 };
  await copyObject({ client, bucket: LANDING, signal }, file, to, sizes);
  const head = await client.send(
    new HeadObjectCommand({ Bucket: LANDING, Key: KEY, ChecksumMode: "ENABLED" }),
  );
  expect(head).toMatchObject({
    ContentLength: file.size,
    ChecksumCRC32: file.crc32,
    Metadata: { at: "now" },
  });
  await expect(
    copyObject({ client, bucket: LANDING, signal }, file, to, sizes),
  ).rejects.toMatchObject({ name: "PreconditionFailed" });
  expect(s3.uploads(LANDING)).toBe(0);
  client.destroy();
});
