import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { lockKey, quarantinedFileKey, type UnpackSettings } from "../../../modules/contract";
import { CREDENTIALS, LANDING, LEDGER, REGION, startTestS3, type TestS3 } from "../support/test-s3";
import { FETCH, PUBLISH, TestRun, WorkerBench } from "../support/worker-process";
import { buildZip } from "./archive/zip-builder";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});
let s3: TestS3;
beforeEach(async () => {
  s3 = await startTestS3();
});
afterEach(() => s3.close());

/** Larger than what is sent in one request. */
const LARGE = Buffer.alloc(20 * 1024 * 1024, "large");

async function fetched(): Promise<TestRun> {
  const run = new TestRun(bench, s3);
  run.program("");
  mkdirSync(dirname(join(run.files, "x")), { recursive: true });
  writeFileSync(join(run.files, "large.wav"), LARGE);
  expect((await run.run(FETCH)).outcome).toBe("ok");
  return run;
}

test("an upload that S3 began and whose answer was lost is not left in the bucket", async () => {
  const run = await fetched();
  let lost = 0;
  s3.fault = ({ method, query }) => {
    if (method !== "POST" || !query.has("uploads") || lost === 2) return undefined;
    lost += 1;
    return "lost";
  };
  expect((await run.run(PUBLISH)).outcome).toBe("ok");
  expect(lost).toBe(2);
  expect(s3.uploads(LANDING)).toBe(0);
});

test("an upload into quarantine that a killed worker began is gone on with", async () => {
  const run = await fetched();
  const key = quarantinedFileKey(run.ref, "large.wav");
  await s3.beginUpload(LANDING, key, [LARGE.subarray(0, 8 * 1024 * 1024)]);
  await s3.beginUpload(LANDING, `${key}.gone`, []);
  const ended = await run.run({ ...PUBLISH, minFiles: 2 });
  expect(ended.outcome).toBe("badDelivery");
  expect((await s3.read(LANDING, key)).equals(LARGE)).toBe(true);
  expect(s3.uploads(LANDING)).toBe(0);
});

const UNPACK: UnpackSettings = {
  kind: "unpack",
  bucket: LANDING,
  prefix: "in/",
  files: "",
  ifTaken: "fail",
  nameEncoding: "auto",
  caseInsensitive: false,
  minFiles: 1,
  verifyFirst: false,
  maxEntries: 10,
  maxEntryBytes: 1e9,
  maxTotalBytes: 1e9,
  maxRatio: 1e6,
};

async function dropped(): Promise<TestRun> {
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  const Body = buildZip([
    { name: "a.txt", content: Buffer.from("a") },
    { name: "large.wav", content: LARGE, method: 0 },
  ]);
  await client.send(new PutObjectCommand({ Bucket: LANDING, Key: "drops/x.zip", Body }));
  client.destroy();
  return new TestRun(bench, s3, "ORDER-1", bench.newRoot(), {
    PARTNER_INGEST_SOURCE: JSON.stringify({ kind: "s3", bucket: LANDING, key: "drops/x.zip" }),
  });
}

test("an upload that a killed worker began while it unpacked is removed", async () => {
  const run = await dropped();
  await s3.beginUpload(LANDING, `${run.prefix}files/large.wav`, [LARGE.subarray(0, 5_242_880)]);
  expect((await run.run(UNPACK)).outcome).toBe("ok");
  expect((await s3.read(LANDING, `${run.prefix}files/large.wav`)).equals(LARGE)).toBe(true);
  expect(s3.uploads(LANDING)).toBe(0);
});

test("of files that can not be unpacked the one is told that was refused, not one that was stopped for it", async () => {
  const run = await dropped();
  s3.fault = ({ method, key }) =>
    method === "PUT" && key.endsWith("files/a.txt")
      ? { status: 403, code: "AccessDenied" }
      : undefined;
  const ended = await run.run(UNPACK);
  expect(ended.outcome).toBe("configuration");
  expect(ended.report?.message).toBe(
    '"a.txt" could not be published: AccessDenied: AccessDenied (HTTP 403); ' +
      "check the step's settings and what the job's role is allowed",
  );
});

test("who was taken over while it unpacked writes no manifest, and judges nothing that its successor writes", async () => {
  const run = await dropped();
  s3.fault = async ({ method, key }) => {
    if (method !== "PUT" || !key.endsWith("files/a.txt")) return undefined;
    const ref = { ...run.ref, step: "unpack", generation: 2 };
    const record = { schemaVersion: 1, ...ref, jobId: "other", batchAttempt: 1, nonce: "another" };
    await s3.put(LEDGER, lockKey(ref), JSON.stringify(record));
    // What a successor has made of a key would else be a conflict.
    await s3.put(LANDING, `${run.prefix}files/more.txt`, "more");
    return undefined;
  };
  expect((await run.run(UNPACK)).outcome).toBe("superseded");
  expect(s3.keys(LANDING).filter((key) => key.endsWith("manifest.json"))).toEqual([]);
});
