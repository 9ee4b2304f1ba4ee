import assert from "node:assert/strict";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  type CompleteMultipartUploadCommandOutput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { randomContent } from "../support/raw-client";
import { answered, type ConformanceCase, holds, type Probe, refused } from "./probe";

export const MIN_PART = 5 * 1024 * 1024;

/** An upload and how to send its parts. */
export interface Sending {
  readonly at: { Bucket: string; Key: string; UploadId: string };
  readonly send: (PartNumber: number, Body: Buffer) => Promise<CompletedPart>;
  readonly complete: (
    Parts: CompletedPart[],
    more?: Partial<CompleteMultipartUploadCommandInput>,
  ) => Promise<CompleteMultipartUploadCommandOutput>;
}

export async function beginUpload(
  probe: Probe,
  Bucket: string,
  Key = "key",
  options: Partial<CreateMultipartUploadCommandInput> = {},
): Promise<Sending> {
  const created = await probe.client.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: "CRC32", ...options }),
  );
  const at = { Bucket, Key, UploadId: created.UploadId ?? "" };
  return {
    at,
    async send(PartNumber, Body) {
      const { ChecksumAlgorithm = "CRC32" } = options;
      const { ETag, ChecksumCRC32, ChecksumSHA256 } = await probe.client.send(
        new UploadPartCommand({ ...at, PartNumber, Body, ChecksumAlgorithm }),
      );
      return {
        PartNumber,
        ETag,
        ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }),
        ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256 }),
      };
    },
    complete: (Parts, more = {}) =>
      probe.client.send(
        new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts }, ...more }),
      ),
  };
}

export const multipartCases: readonly ConformanceCase[] = [
  {
    name: "parts sent in any order become one object in the order of their numbers",
    async run(probe) {
      const bucket = await probe.bucket();
      const upload = await beginUpload(probe, bucket, "key", {
        ContentType: "audio/flac",
        Metadata: { a: "b" },
      });
      const contents = [randomContent(MIN_PART), randomContent(MIN_PART + 3), randomContent(7)];
      const parts: CompletedPart[] = [];
      for (const number of [3, 1, 2])
        parts[number - 1] = await upload.send(number, contents[number - 1] ?? Buffer.alloc(0));
      const done = await upload.complete(parts);
      assert.match(done.ETag ?? "", /^"[0-9a-f]{32}-3"$/u);
      await holds(probe, bucket, "key", Buffer.concat(contents));
      const head = await probe.client.send(new HeadObjectCommand({ Bucket: bucket, Key: "key" }));
      assert.equal(head.ContentType, "audio/flac");
      assert.deepEqual(head.Metadata, { a: "b" });
      assert.equal(head.ETag, done.ETag);
    },
  },
  {
    name: "part numbers may have gaps, and a part that is not named is left out",
    async run(probe) {
      const bucket = await probe.bucket();
      const upload = await beginUpload(probe, bucket);
      const first = await upload.send(2, randomContent(MIN_PART));
      await upload.send(3, randomContent(100));
      const content = randomContent(10);
      const last = await upload.send(10_000, content);
      const { ETag } = await upload.complete([first, last]);
      assert.match(ETag ?? "", /-2"$/u);
      const head = await probe.client.send(new HeadObjectCommand({ Bucket: bucket, Key: "key" }));
      assert.equal(head.ContentLength, MIN_PART + 10);
    },
  },
  {
    name: "a part sent again replaces the one before",
    async run(probe) {
      const bucket = await probe.bucket();
      const upload = await beginUpload(probe, bucket);
      const old = await upload.send(1, Buffer.from("old"));
      const fresh = await upload.send(1, Buffer.from("fresh"));
      await refused(upload.complete([old]), 400, "InvalidPart");
      await upload.complete([fresh]);
      await holds(probe, bucket, "key", "fresh");
    },
  },
  {
    name: "no object is there before the upload is complete, and none after it was aborted",
    async run(probe) {
      const bucket = await probe.bucket();
      const upload = await beginUpload(probe, bucket);
      const part = await upload.send(1, Buffer.from("content"));
      await holds(probe, bucket, "key", undefined);
      await probe.client.send(new AbortMultipartUploadCommand(upload.at));
      await holds(probe, bucket, "key", undefined);
      await refused(upload.complete([part]), 404, "NoSuchUpload");
      await refused(upload.send(2, Buffer.from("late")), 404, "NoSuchUpload");
      await refused(probe.client.send(new ListPartsCommand(upload.at)), 404, "NoSuchUpload");
    },
  },
  {
    name: "a completed upload can not be completed again",
    async run(probe) {
      const upload = await beginUpload(probe, await probe.bucket());
      const part = await upload.send(1, Buffer.from("content"));
      await upload.complete([part]);
      await refused(upload.complete([part]), 404, "NoSuchUpload");
    },
  },
  {
    name: "all parts but the last have 5 MiB or more",
    async run(probe) {
      const bucket = await probe.bucket();
      const upload = await beginUpload(probe, bucket);
      const small = await upload.send(1, randomContent(MIN_PART - 1));
      const last = await upload.send(2, Buffer.from("end"));
      await refused(upload.complete([small, last]), 400, "EntityTooSmall");
      await holds(probe, bucket, "key", undefined);
    },
  },
  {
    name: "parts must be named in ascending order, once each",
    async run(probe) {
      const upload = await beginUpload(probe, await probe.bucket());
      const first = await upload.send(1, randomContent(MIN_PART));
      const second = await upload.send(2, Buffer.from("end"));
      await refused(upload.complete([second, first]), 400, "InvalidPartOrder");
      await refused(upload.complete([first, first]), 400, "InvalidPartOrder");
    },
  },
  {
    name: "a part that was never sent, or has another ETag, is InvalidPart",
    async run(probe) {
      const upload = await beginUpload(probe, await probe.bucket());
      const part = await upload.send(1, Buffer.from("content"));
      await refused(upload.complete([{ ...part, PartNumber: 2 }]), 400, "InvalidPart");
      await refused(
        upload.complete([{ ...part, ETag: `"${"0".repeat(32)}"` }]),
        400,
        "InvalidPart",
      );
    },
  },
  {
    name: "part numbers are 1 to 10,000",
    async run(probe) {
      const bucket = await probe.bucket();
      const { at } = await beginUpload(probe, bucket);
      for (const partNumber of ["0", "10001", "-1", "x"]) {
        const query = { partNumber, uploadId: at.UploadId };
        const path = `/${bucket}/key`;
        answered(
          await probe.raw({ method: "PUT", path, query, body: "x" }),
          400,
          "InvalidArgument",
        );
      }
    },
  },
  {
    name: "an upload belongs to its key",
    async run(probe) {
      const bucket = await probe.bucket();
      const { at } = await beginUpload(probe, bucket, "one");
      const query = { partNumber: "1", uploadId: at.UploadId };
      const path = `/${bucket}/two`;
      answered(await probe.raw({ method: "PUT", path, query, body: "x" }), 404, "NoSuchUpload");
    },
  },
  {
    name: "malformed lists of parts are MalformedXML",
    async run(probe) {
      const bucket = await probe.bucket();
      const { at } = await beginUpload(probe, bucket);
      const query = { uploadId: at.UploadId };
      for (const body of [
        "<CompleteMultipartUpload></CompleteMultipartUpload>",
        "<CompleteMultipartUpload><Part></CompleteMultipartUpload>",
        "<Other/>",
        "no xml",
      ])
        answered(
          await probe.raw({ method: "POST", path: `/${bucket}/key`, query, body }),
          400,
          "MalformedXML",
        );
    },
  },
  {
    name: "parts can be copied from ranges of objects",
    async run(probe) {
      const Bucket = await probe.bucket();
      const content = randomContent(MIN_PART + 1000);
      await probe.put(Bucket, "source", content);
      const { at, complete } = await beginUpload(probe, Bucket);
      const copy = async (PartNumber: number, CopySourceRange?: string): Promise<CompletedPart> => {
        const { CopyPartResult } = await probe.client.send(
          new UploadPartCopyCommand({
            ...at,
            PartNumber,
            CopySource: `${Bucket}/source`,
            ...(CopySourceRange === undefined ? {} : { CopySourceRange }),
          }),
        );
        const { ETag, ChecksumCRC32 } = CopyPartResult ?? {};
        return { PartNumber, ETag, ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }) };
      };
      await refused(copy(3, "bytes=0-9999999"), 400, "InvalidArgument");
      const parts = [await copy(1), await copy(2, "bytes=10-19")];
      await complete(parts);
      await holds(probe, Bucket, "key", Buffer.concat([content, content.subarray(10, 20)]));
    },
  },
  {
    name: "a part of a finished object can be read by its number",
    async run(probe) {
      const Bucket = await probe.bucket();
      const upload = await beginUpload(probe, Bucket);
      const first = await upload.send(1, randomContent(MIN_PART));
      const last = await upload.send(2, Buffer.from("the end"));
      await upload.complete([first, last]);
      const got = await probe.client.send(
        new GetObjectCommand({ Bucket, Key: "key", PartNumber: 2 }),
      );
      assert.equal(got.PartsCount, 2);
      assert.equal(await got.Body?.transformToString(), "the end");
    },
  },
];
