import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { Log } from "../../../images/worker/src/log";
import { verifyObjects } from "../../../images/worker/src/publish/verify-objects";
import { crc32Of, crc32Text } from "../../../images/worker/src/upload/crc32";
import type { Target } from "../../../images/worker/src/upload/target";
import { manifestKey, type Manifest, type ManifestFile } from "../../../modules/contract";
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

const sum = (text: string): string => crc32Text(crc32Of(Buffer.from(text)));

async function delivered(): Promise<TestRun> {
  const run = new TestRun(bench, s3);
  run.program("");
  mkdirSync(run.files, { recursive: true });
  for (const name of ["a", "b", "c"]) writeFileSync(join(run.files, name), `content of ${name}`);
  expect((await run.run(FETCH)).outcome).toBe("ok");
  expect((await run.run(PUBLISH)).outcome).toBe("ok");
  return run;
}

const verify = (run: TestRun): Promise<EndedStep> => run.start(PUBLISH, {}, ["--verify"]).ended;

async function readManifest(run: TestRun): Promise<Manifest> {
  return JSON.parse(await s3.text(LANDING, manifestKey("in/", run.ref))) as Manifest;
}

test("--verify asks for each object's checksum, reads those without one, and writes nothing", async () => {
  const run = await delivered();
  // The same bytes, written by somebody else: S3 holds no CRC-32 of them.
  await s3.put(LANDING, `${run.prefix}files/b`, "content of b", "SHA256");
  const before = s3.requests.length;
  const ended = await verify(run);
  expect(ended.report).toMatchObject({
    outcome: "ok",
    counts: { files: 3, publishedBefore: 1, verified: 3, verifiedByReading: 1 },
  });
  const toLanding = s3.requests.slice(before).filter(({ bucket }) => bucket === LANDING);
  const asked = (method: string): string[] =>
    toLanding.filter((request) => request.method === method).map(({ key }) => key);
  for (const name of ["a", "b", "c"]) expect(asked("HEAD")).toContain(`${run.prefix}files/${name}`);
  expect(asked("GET")).toContain(`${run.prefix}files/b`);
  expect(asked("GET")).not.toContain(`${run.prefix}files/a`);
  expect(new Set(toLanding.map(({ method }) => method))).toEqual(new Set(["GET", "HEAD"]));
});

test("--verify names every object whose content is not what the manifest says", async () => {
  const run = await delivered();
  await s3.put(LANDING, `${run.prefix}files/b`, "content of b", "SHA256");
  const manifest = await readManifest(run);
  const files = manifest.files.map((file) => (file.path === "c" ? file : { ...file, crc32: "AA" }));
  const key = manifestKey("in/", run.ref);
  await s3.put(LANDING, key, JSON.stringify({ ...manifest, files }));
  // By listing alone nothing is wrong.
  expect((await run.run(PUBLISH)).outcome).toBe("ok");
  const ended = await verify(run);
  const wrong = (name: string): string =>
    `"${run.prefix}files/${name}" has 12 bytes with CRC-32 ${sum(`content of ${name}`)}, expected 12 with AA`;
  expect(ended.outcome).toBe("conflict");
  expect(ended.report?.message).toBe(
    `the bucket "landing" does not hold what the manifest says: ${wrong("a")}; ${wrong("b")}; ` +
      "something other than the worker writes there: find it, then start a new attempt of the order",
  );
});

describe("where keys are shared", () => {
  let client: S3Client;
  let target: Target;
  beforeEach(() => {
    client = new S3Client({
      endpoint: s3.endpoint,
      region: REGION,
      credentials: CREDENTIALS,
      forcePathStyle: true,
    });
    target = { client, bucket: LANDING, signal: new AbortController().signal };
  });
  afterEach(() => {
    client.destroy();
  });
  const log = new Log({}, () => undefined);
  const file = (path: string): ManifestFile => ({
    path,
    key: path,
    size: 3,
    crc32: sum("new"),
    etag: "an earlier one",
    contentType: "text/plain",
  });

  test("what a later order replaced is counted, not compared; what is gone is a fault", async () => {
    await s3.put(LANDING, "a", "later");
    expect(await verifyObjects(target, [file("a")], log, "shared")).toEqual({
      verified: 0,
      read: 0,
      replaced: 1,
    });
    await expect(verifyObjects(target, [file("a"), file("gone")], log, "shared")).rejects.toThrow(
      'the bucket "landing" does not hold what the manifest says: "gone" is missing; ',
    );
  });

  test("an object that is not there is missing where S3 says forbidden instead", async () => {
    s3.fault = ({ method }) => (method === "HEAD" ? { status: 403, code: "" } : undefined);
    await expect(verifyObjects(target, [file("gone")], log)).rejects.toThrow('"gone" is missing');
  });

  test("elsewhere it is a fault", async () => {
    await s3.put(LANDING, "a", "later");
    await expect(verifyObjects(target, [file("a"), file("gone")], log)).rejects.toThrow(
      `the bucket "landing" does not hold what the manifest says: "a" has 5 bytes with CRC-32 ${sum("later")}, ` +
        `expected 3 with ${sum("new")}; "gone" is missing; ` +
        "something other than the worker writes there: find it, then start a new attempt of the order",
    );
  });

  test("an object that is replaced between the look and the reading is named", async () => {
    await s3.put(LANDING, "a", "new", "SHA256");
    await expect(verifyObjects(target, [file("a")], log)).rejects.toThrow(
      '"a" was replaced or removed while it was read',
    );
  });

  test("a refusal tells of which object", async () => {
    await s3.put(LANDING, "a", "new");
    s3.fault = ({ method }) =>
      method === "HEAD" ? { status: 403, code: "AccessDenied" } : undefined;
    await expect(verifyObjects(target, [file("a")], log)).rejects.toThrow(
      /^"a" could not be looked at: /u,
    );
  });
});
