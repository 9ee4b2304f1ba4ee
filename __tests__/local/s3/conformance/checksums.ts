import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import {
  ChecksumAlgorithm,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { signedFraming, splitAt, unsignedFraming } from "../support/framing";
import { randomContent } from "../support/raw-client";
import { answered, type ConformanceCase, holds } from "./probe";

/** Base64 checksums of "123456789", published with the algorithms. */
const CHECK_VALUES: Readonly<Record<string, string>> = {
  crc32: "y/Q5Jg==",
  crc32c: "4waSgw==",
  crc64nvme: "rosUhgp5mIg=",
  sha1: "98O8HYCOBHMq32eZZczDTKeuNEE=",
  sha256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
};
const TEXT = "123456789";

export const crc32Base64 = (content: Buffer): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return bytes.toString("base64");
};

function headerCase(algorithm: string, value: string): ConformanceCase {
  const name = `x-amz-checksum-${algorithm}`;
  return {
    name: `${name}: the right one is stored and told, a wrong one stores nothing`,
    async run(probe) {
      const bucket = await probe.bucket();
      const path = `/${bucket}/key`;
      const wrong = Buffer.from(value, "base64");
      wrong.writeUInt8(wrong.readUInt8(0) ^ 1, 0);
      const bad = { [name]: wrong.toString("base64") };
      answered(
        await probe.raw({ method: "PUT", path, headers: bad, body: TEXT }),
        400,
        "BadDigest",
      );
      await holds(probe, bucket, "key", undefined);
      const put = await probe.raw({ method: "PUT", path, headers: { [name]: value }, body: TEXT });
      answered(put, 200);
      assert.equal(put.headers[name], value);
      const headers = { "x-amz-checksum-mode": "ENABLED" };
      const head = await probe.raw({ method: "HEAD", path, headers });
      assert.equal(head.headers[name], value);
      assert.equal(head.headers["x-amz-checksum-type"], "FULL_OBJECT");
    },
  };
}

const unsigned = (content: Buffer): Record<string, string> => ({
  "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "content-encoding": "aws-chunked",
  "x-amz-decoded-content-length": String(content.length),
  "x-amz-trailer": "x-amz-checksum-crc32",
});

const signed = (content: Buffer): Record<string, string> => ({
  ...unsigned(content),
  "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
});

export const checksumCases: readonly ConformanceCase[] = [
  ...Object.entries(CHECK_VALUES).map(([algorithm, value]) => headerCase(algorithm, value)),
  {
    name: "Content-MD5: a wrong one stores nothing, an impossible one is InvalidDigest",
    async run(probe) {
      const bucket = await probe.bucket();
      const put = (md5: string): ReturnType<typeof probe.raw> =>
        probe.raw({
          method: "PUT",
          path: `/${bucket}/key`,
          headers: { "content-md5": md5 },
          body: TEXT,
        });
      answered(await put(createHash("md5").update("other").digest("base64")), 400, "BadDigest");
      answered(await put("not base64"), 400, "InvalidDigest");
      await holds(probe, bucket, "key", undefined);
      answered(await put(createHash("md5").update(TEXT).digest("base64")), 200);
    },
  },
  {
    name: "a signed SHA-256 that is not that of the payload stores nothing",
    async run(probe) {
      const bucket = await probe.bucket();
      const headers = { "x-amz-content-sha256": "0".repeat(64) };
      const path = `/${bucket}/key`;
      answered(
        await probe.raw({ method: "PUT", path, headers, body: TEXT }),
        400,
        "XAmzContentSHA256Mismatch",
      );
      await holds(probe, bucket, "key", undefined);
    },
  },
  {
    name: "malformed and contradictory checksums are refused",
    async run(probe) {
      const bucket = await probe.bucket();
      for (const headers of [
        { "x-amz-checksum-crc32": "AAA=" },
        { "x-amz-checksum-crc32": "y/Q5Jg==", "x-amz-checksum-sha1": CHECK_VALUES.sha1 ?? "" },
        { "x-amz-checksum-crc32": "y/Q5Jg==", "x-amz-sdk-checksum-algorithm": "SHA1" },
        { "x-amz-sdk-checksum-algorithm": "CRC32" },
      ] as Record<string, string>[])
        answered(
          await probe.raw({ method: "PUT", path: `/${bucket}/key`, headers, body: TEXT }),
          400,
          "InvalidRequest",
        );
      await holds(probe, bucket, "key", undefined);
    },
  },
  ...Object.keys(CHECK_VALUES).map((name): ConformanceCase => {
    const algorithm = name.toUpperCase() as keyof typeof ChecksumAlgorithm;
    return {
      name: `the SDK's ${algorithm} of a buffer and of a stream is accepted`,
      async run(probe) {
        const Bucket = await probe.bucket();
        const content = randomContent(100_000);
        const options = { Bucket, ChecksumAlgorithm: ChecksumAlgorithm[algorithm] };
        await probe.client.send(new PutObjectCommand({ ...options, Key: "buffer", Body: content }));
        const stream = Readable.from(splitAt(content, [20_000, 30_000]), { objectMode: false });
        await probe.client.send(
          new PutObjectCommand({
            ...options,
            Key: "stream",
            Body: stream,
            ContentLength: content.length,
          }),
        );
        for (const Key of ["buffer", "stream"]) {
          await holds(probe, Bucket, Key, content);
          const got = await probe.client.send(
            new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }),
          );
          assert.ok(got[`Checksum${algorithm}` as "ChecksumCRC32"] !== undefined);
          // The SDK compares what it read with what the header says.
          await got.Body?.transformToByteArray();
        }
      },
    };
  }),
  {
    name: "an object that came without a checksum has a CRC64NVME",
    async run(probe) {
      const bucket = await probe.bucket();
      await probe.raw({ method: "PUT", path: `/${bucket}/key`, body: TEXT });
      const head = await probe.client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: "key", ChecksumMode: "ENABLED" }),
      );
      assert.equal(head.ChecksumCRC64NVME, CHECK_VALUES.crc64nvme);
    },
  },
  {
    name: "an unsigned aws-chunked body is stored without its framing",
    async run(probe) {
      const bucket = await probe.bucket();
      const content = randomContent(50_000);
      const trailers = { "x-amz-checksum-crc32": crc32Base64(content) };
      const answer = await probe.raw({
        method: "PUT",
        path: `/${bucket}/key`,
        headers: unsigned(content),
        body: unsignedFraming(splitAt(content, [8192, 10_000]), trailers),
      });
      answered(answer, 200);
      await holds(probe, bucket, "key", content);
      const { headers } = await probe.raw({ method: "HEAD", path: `/${bucket}/key` });
      assert.equal(headers["content-encoding"], undefined);
    },
  },
  {
    name: "a signed aws-chunked body with a trailer is stored without its framing",
    async run(probe) {
      const bucket = await probe.bucket();
      const content = randomContent(50_000);
      const trailers = { "x-amz-checksum-crc32": crc32Base64(content) };
      const answer = await probe.raw(
        { method: "PUT", path: `/${bucket}/key`, headers: signed(content) },
        (start) => signedFraming(start, splitAt(content, [8192, 10_000]), trailers),
      );
      answered(answer, 200);
      await holds(probe, bucket, "key", content);
    },
  },
  {
    name: "a wrong checksum in a trailer stores nothing",
    async run(probe) {
      const bucket = await probe.bucket();
      const content = randomContent(20_000);
      const trailers = { "x-amz-checksum-crc32": "AAAAAA==" };
      const answer = await probe.raw({
        method: "PUT",
        path: `/${bucket}/key`,
        headers: unsigned(content),
        body: unsignedFraming([content], trailers),
      });
      answered(answer, 400, "BadDigest");
      await holds(probe, bucket, "key", undefined);
    },
  },
  {
    name: "a trailer that was promised must come",
    async run(probe) {
      const bucket = await probe.bucket();
      const content = randomContent(20_000);
      const answer = await probe.raw({
        method: "PUT",
        path: `/${bucket}/key`,
        headers: unsigned(content),
        body: unsignedFraming([content]),
      });
      answered(answer, 400, "MalformedTrailerError");
      await holds(probe, bucket, "key", undefined);
    },
  },
  {
    name: "an aws-chunked body must be as long as it says",
    async run(probe) {
      const bucket = await probe.bucket();
      const content = randomContent(20_000);
      for (const length of [19_999, 20_001]) {
        const answer = await probe.raw({
          method: "PUT",
          path: `/${bucket}/key`,
          headers: { ...unsigned(content), "x-amz-decoded-content-length": String(length) },
          body: unsignedFraming([content], { "x-amz-checksum-crc32": crc32Base64(content) }),
        });
        answered(answer, 400, "IncompleteBody");
      }
      await holds(probe, bucket, "key", undefined);
    },
  },
  {
    name: "only the last chunk may be smaller than 8 KiB",
    async run(probe) {
      const bucket = await probe.bucket();
      const content = randomContent(20_000);
      const answer = await probe.raw({
        method: "PUT",
        path: `/${bucket}/key`,
        headers: unsigned(content),
        body: unsignedFraming(splitAt(content, [8191]), {
          "x-amz-checksum-crc32": crc32Base64(content),
        }),
      });
      answered(answer, 403, "InvalidChunkSizeError");
      await holds(probe, bucket, "key", undefined);
    },
  },
];
