import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { s3Client } from "../../../../images/worker/src/aws/clients";
import { listObjects } from "../../../../images/worker/src/publish/listing";
import { reconcile } from "../../../../images/worker/src/publish/reconcile";
import { writtenAgain } from "../../../../images/worker/src/unpack/written-again";
import { crc32Of, crc32Text } from "../../../../images/worker/src/upload/crc32";
import { startS3, type LocalS3 } from "../../../../local/s3";
import type { ManifestFile } from "../../../../modules/contract";

// Two workers of one step write the same keys: what each has written is there, with the etag of the one that came last.

const before = { ...process.env };
let s3: LocalS3;
let client: S3Client;

beforeEach(async () => {
  s3 = await startS3({ buckets: [{ name: "processed" }] });
  process.env["AWS_ENDPOINT_URL_S3"] = s3.endpoint;
  process.env["AWS_ACCESS_KEY_ID"] = "test";
  process.env["AWS_SECRET_ACCESS_KEY"] = "test";
  client = s3Client({ region: "us-east-1", pathStyle: true });
});

afterEach(async () => {
  client.destroy();
  process.env = { ...before };
  await s3.close();
});

/** Puts an object, and tells what one worker believes that it has put there. */
async function put(key: string, there: string, believed = there): Promise<ManifestFile> {
  const crc32 = crc32Text(crc32Of(Buffer.from(there)));
  await client.send(
    new PutObjectCommand({
      Bucket: "processed",
      Key: key,
      Body: there,
      ChecksumAlgorithm: "CRC32",
      ChecksumCRC32: crc32,
    }),
  );
  return {
    path: key,
    key,
    size: believed.length,
    crc32: crc32Text(crc32Of(Buffer.from(believed))),
    etag: "of-the-first-write",
    contentType: "text/plain",
  };
}

test("the same bytes under another etag are this delivery's, other bytes are not", async () => {
  const target = { client, bucket: "processed", signal: new AbortController().signal };
  const same = await put("same.txt", "abc");
  const other = await put("other.txt", "xyz", "abc");
  const gone: ManifestFile = { ...same, path: "gone.txt", key: "gone.txt" };
  const listed = await listObjects(target, "");
  const shown = await writtenAgain(target, { files: [same, other, gone], listed });
  expect(shown.files).toEqual([{ ...same, etag: listed.get("same.txt")?.etag }, other, gone]);
  expect(() => {
    reconcile("processed", [shown.files[0] ?? same], new Map([...shown.listed].slice(1)));
  }).not.toThrow();
  expect(() => {
    reconcile("processed", shown.files, shown.listed);
  }).toThrow('"other.txt" was replaced by another object of the same size; "gone.txt" is missing');
});
