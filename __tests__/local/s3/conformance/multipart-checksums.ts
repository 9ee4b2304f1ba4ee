import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  type CompletedPart,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { randomContent } from "../support/raw-client";
import { crc32Base64 } from "./checksums";
import { beginUpload, MIN_PART } from "./multipart";
import { answered, type ConformanceCase, holds, refused } from "./probe";

export const multipartChecksumCases: readonly ConformanceCase[] = [
  {
    name: "FULL_OBJECT: the CRC32 of the whole follows from the parts, and a wrong one completes nothing",
    async run(probe) {
      const Bucket = await probe.bucket();
      const upload = await beginUpload(probe, Bucket, "key", { ChecksumType: "FULL_OBJECT" });
      const contents = [randomContent(MIN_PART), randomContent(MIN_PART + 1), randomContent(99)];
      const parts = [];
      for (const [index, content] of contents.entries())
        parts.push(await upload.send(index + 1, content));
      const whole = Buffer.concat(contents);
      const ChecksumCRC32 = crc32Base64(whole);
      const full = { ChecksumType: "FULL_OBJECT" } as const;
      await refused(
        upload.complete(parts, { ...full, ChecksumCRC32: "AAAAAA==" }),
        400,
        "BadDigest",
      );
      await refused(
        upload.complete(parts, { ...full, MpuObjectSize: whole.length - 1 }),
        400,
        "InvalidRequest",
      );
      await holds(probe, Bucket, "key", undefined);
      const done = await upload.complete(parts, {
        ...full,
        ChecksumCRC32,
        MpuObjectSize: whole.length,
      });
      assert.equal(done.ChecksumCRC32, ChecksumCRC32);
      assert.equal(done.ChecksumType, "FULL_OBJECT");
      const head = await probe.client.send(
        new HeadObjectCommand({ Bucket, Key: "key", ChecksumMode: "ENABLED" }),
      );
      assert.equal(head.ChecksumCRC32, ChecksumCRC32);
      assert.equal(head.ChecksumType, "FULL_OBJECT");
    },
  },
  {
    name: "COMPOSITE: the checksum is that of the parts' checksums",
    async run(probe) {
      const Bucket = await probe.bucket();
      const upload = await beginUpload(probe, Bucket, "key", { ChecksumAlgorithm: "SHA256" });
      const contents = [randomContent(MIN_PART), randomContent(50)];
      const parts = [];
      for (const [index, content] of contents.entries())
        parts.push(await upload.send(index + 1, content));
      const digests = contents.map((content) => createHash("sha256").update(content).digest());
      const expected = createHash("sha256").update(Buffer.concat(digests)).digest("base64");
      const done = await upload.complete(parts);
      assert.equal(done.ChecksumSHA256, `${expected}-2`);
      assert.equal(done.ChecksumType, "COMPOSITE");
    },
  },
  {
    name: "COMPOSITE: every part's checksum must be named at the end",
    async run(probe) {
      const upload = await beginUpload(probe, await probe.bucket(), "key", {
        ChecksumType: "COMPOSITE",
      });
      const { ETag, PartNumber } = await upload.send(1, Buffer.from("content"));
      await refused(upload.complete([{ ETag, PartNumber }]), 400, "InvalidRequest");
    },
  },
  {
    name: "a checksum of a part that is not its own is InvalidPart",
    async run(probe) {
      const upload = await beginUpload(probe, await probe.bucket());
      const part = await upload.send(1, Buffer.from("content"));
      await refused(upload.complete([{ ...part, ChecksumCRC32: "AAAAAA==" }]), 400, "InvalidPart");
    },
  },
  {
    name: "a part with a wrong checksum is not taken",
    async run(probe) {
      const bucket = await probe.bucket();
      const { at } = await beginUpload(probe, bucket);
      const answer = await probe.raw({
        method: "PUT",
        path: `/${bucket}/key`,
        query: { partNumber: "1", uploadId: at.UploadId },
        headers: { "x-amz-checksum-crc32": "AAAAAA==" },
        body: "content",
      });
      answered(answer, 400, "BadDigest");
      const { Parts = [] } = await probe.client.send(new ListPartsCommand(at));
      assert.deepEqual(Parts, []);
    },
  },
  {
    name: "a part must have a checksum of the upload's algorithm",
    async run(probe) {
      const bucket = await probe.bucket();
      const { at } = await beginUpload(probe, bucket);
      await refused(
        probe.client.send(
          new UploadPartCommand({ ...at, PartNumber: 1, Body: "x", ChecksumAlgorithm: "SHA256" }),
        ),
        400,
        "InvalidRequest",
      );
      const query = { partNumber: "1", uploadId: at.UploadId };
      const path = `/${bucket}/key`;
      answered(await probe.raw({ method: "PUT", path, query, body: "x" }), 400, "InvalidRequest");
    },
  },
  {
    name: "algorithms and checksum types that do not fit are refused",
    async run(probe) {
      const at = { Bucket: await probe.bucket(), Key: "key" };
      for (const [ChecksumAlgorithm, ChecksumType] of [
        ["SHA256", "FULL_OBJECT"],
        ["CRC64NVME", "COMPOSITE"],
      ] as const)
        await refused(
          probe.client.send(
            new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm, ChecksumType }),
          ),
          400,
          "InvalidRequest",
        );
    },
  },
  {
    name: "ListParts tells each part's size, ETag and checksum, page by page",
    async run(probe) {
      const upload = await beginUpload(probe, await probe.bucket());
      const sent: CompletedPart[] = [];
      for (const number of [5, 1, 3]) sent.push(await upload.send(number, Buffer.alloc(number)));
      const first = await probe.client.send(new ListPartsCommand({ ...upload.at, MaxParts: 2 }));
      assert.equal(first.IsTruncated, true);
      const second = await probe.client.send(
        new ListPartsCommand({ ...upload.at, PartNumberMarker: first.NextPartNumberMarker }),
      );
      assert.equal(second.IsTruncated, false);
      const parts = [...(first.Parts ?? []), ...(second.Parts ?? [])];
      assert.deepEqual(
        parts.map(({ PartNumber, ETag, Size, ChecksumCRC32 }) => [
          PartNumber,
          ETag,
          Size,
          ChecksumCRC32,
        ]),
        [1, 3, 5].map((number) => {
          const part = sent.find(({ PartNumber }) => PartNumber === number);
          return [number, part?.ETag, number, part?.ChecksumCRC32];
        }),
      );
      assert.equal(first.ChecksumAlgorithm, "CRC32");
      assert.equal(first.ChecksumType, "COMPOSITE");
    },
  },
  {
    name: "If-None-Match: * is judged when an upload is completed, and leaves the upload alive",
    async run(probe) {
      const Bucket = await probe.bucket();
      const upload = await beginUpload(probe, Bucket);
      const part = await upload.send(1, Buffer.from("multipart"));
      await probe.client.send(new PutObjectCommand({ Bucket, Key: "key", Body: "meanwhile" }));
      await refused(upload.complete([part], { IfNoneMatch: "*" }), 412, "PreconditionFailed");
      await holds(probe, Bucket, "key", "meanwhile");
      await upload.complete([part]);
      await holds(probe, Bucket, "key", "multipart");
    },
  },
  {
    name: "If-Match is judged when an upload is completed",
    async run(probe) {
      const Bucket = await probe.bucket();
      const old = await probe.put(Bucket, "key", "old");
      const current = await probe.put(Bucket, "key", "current");
      const upload = await beginUpload(probe, Bucket);
      const part = await upload.send(1, Buffer.from("multipart"));
      await refused(upload.complete([part], { IfMatch: old }), 412, "PreconditionFailed");
      await upload.complete([part], { IfMatch: current });
      await holds(probe, Bucket, "key", "multipart");
    },
  },
];
