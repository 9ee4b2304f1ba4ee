import assert from "node:assert/strict";
import { CopyObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { crc32Base64 } from "./checksums";
import { type ConformanceCase, holds, refused } from "./probe";

export const copyCases: readonly ConformanceCase[] = [
  {
    name: "a copy has the content, type, metadata and checksum of its source",
    async run(probe) {
      const Bucket = await probe.bucket();
      await probe.client.send(
        new PutObjectCommand({
          Bucket,
          Key: "source",
          Body: "content",
          ContentType: "text/plain",
          Metadata: { a: "b" },
        }),
      );
      const CopySource = `/${Bucket}/source`;
      const other = await probe.bucket();
      const copied = await probe.client.send(
        new CopyObjectCommand({ Bucket: other, Key: "copy", CopySource }),
      );
      assert.equal(copied.CopyObjectResult?.ChecksumCRC32, crc32Base64(Buffer.from("content")));
      const head = await probe.client.send(new HeadObjectCommand({ Bucket: other, Key: "copy" }));
      assert.equal(head.ContentType, "text/plain");
      assert.deepEqual(head.Metadata, { a: "b" });
      await holds(probe, other, "copy", "content");
    },
  },
  {
    name: "a copy may replace the metadata, onto itself too",
    async run(probe) {
      const Bucket = await probe.bucket();
      await probe.put(Bucket, "key");
      const input = { Bucket, Key: "key", CopySource: `${Bucket}/key` };
      await refused(probe.client.send(new CopyObjectCommand(input)), 400, "InvalidRequest");
      await probe.client.send(
        new CopyObjectCommand({
          ...input,
          MetadataDirective: "REPLACE",
          ContentType: "text/csv",
          Metadata: { c: "d" },
        }),
      );
      const head = await probe.client.send(new HeadObjectCommand({ Bucket, Key: "key" }));
      assert.equal(head.ContentType, "text/csv");
      assert.deepEqual(head.Metadata, { c: "d" });
      await holds(probe, Bucket, "key", "content");
    },
  },
  {
    name: "a copy may depend on its source",
    async run(probe) {
      const Bucket = await probe.bucket();
      const ETag = await probe.put(Bucket, "source");
      const input = { Bucket, Key: "copy", CopySource: `${Bucket}/source` };
      await refused(
        probe.client.send(new CopyObjectCommand({ ...input, CopySourceIfMatch: '"another"' })),
        412,
        "PreconditionFailed",
      );
      await refused(
        probe.client.send(new CopyObjectCommand({ ...input, CopySourceIfNoneMatch: ETag })),
        412,
        "PreconditionFailed",
      );
      await holds(probe, Bucket, "copy", undefined);
      await probe.client.send(new CopyObjectCommand({ ...input, CopySourceIfMatch: ETag }));
      await holds(probe, Bucket, "copy", "content");
    },
  },
  {
    name: "a copy of nothing is NoSuchKey",
    async run(probe) {
      const Bucket = await probe.bucket();
      const input = { Bucket, Key: "copy", CopySource: `${Bucket}/nothing` };
      await refused(probe.client.send(new CopyObjectCommand(input)), 404, "NoSuchKey");
    },
  },
];
