import assert from "node:assert/strict";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { answered, type ConformanceCase, holds, refused } from "./probe";

export const objectCases: readonly ConformanceCase[] = [
  {
    name: "an object comes back with its content, type and metadata",
    async run(probe) {
      const at = { Bucket: await probe.bucket(), Key: "key" };
      await probe.client.send(
        new PutObjectCommand({
          ...at,
          Body: "content",
          ContentType: "text/plain; charset=utf-8",
          CacheControl: "max-age=5",
          ContentDisposition: 'attachment; filename="a b"',
          ContentLanguage: "de",
          ContentEncoding: "identity",
          Metadata: { "run-id": "7 of 9" },
          StorageClass: "STANDARD_IA",
        }),
      );
      for (const answer of [
        await probe.client.send(new GetObjectCommand(at)),
        await probe.client.send(new HeadObjectCommand(at)),
      ]) {
        assert.equal(answer.ContentType, "text/plain; charset=utf-8");
        assert.equal(answer.CacheControl, "max-age=5");
        assert.equal(answer.ContentDisposition, 'attachment; filename="a b"');
        assert.equal(answer.ContentLanguage, "de");
        assert.equal(answer.ContentEncoding, "identity");
        assert.deepEqual(answer.Metadata, { "run-id": "7 of 9" });
        assert.equal(answer.StorageClass, "STANDARD_IA");
        assert.equal(answer.ContentLength, 7);
        assert.ok(answer.LastModified !== undefined);
      }
      await holds(probe, at.Bucket, "key", "content");
    },
  },
  {
    name: "an object of no bytes is an object",
    async run(probe) {
      const bucket = await probe.bucket();
      await probe.put(bucket, "empty", "");
      await holds(probe, bucket, "empty", "");
    },
  },
  {
    name: "writing again replaces content and metadata",
    async run(probe) {
      const at = { Bucket: await probe.bucket(), Key: "key" };
      await probe.client.send(new PutObjectCommand({ ...at, Body: "old", Metadata: { a: "1" } }));
      await probe.put(at.Bucket, "key", "new content");
      await holds(probe, at.Bucket, "key", "new content");
      const { Metadata } = await probe.client.send(new HeadObjectCommand(at));
      assert.deepEqual(Metadata, {});
    },
  },
  {
    name: "the encryption that was asked for is told",
    async run(probe) {
      const at = { Bucket: await probe.bucket(), Key: "key" };
      const wish = {
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: "arn:aws:kms:us-east-1:123456789012:key/0f1e2d3c-0000-4000-8000-000000000000",
      } as const;
      const put = await probe.client.send(new PutObjectCommand({ ...at, Body: "x", ...wish }));
      const head = await probe.client.send(new HeadObjectCommand(at));
      for (const { ServerSideEncryption, SSEKMSKeyId } of [put, head])
        assert.deepEqual({ ServerSideEncryption, SSEKMSKeyId }, wish);
    },
  },
  {
    name: "without a wish objects are encrypted with AES256",
    async run(probe) {
      const at = { Bucket: await probe.bucket(), Key: "key" };
      const put = await probe.client.send(new PutObjectCommand({ ...at, Body: "x" }));
      assert.equal(put.ServerSideEncryption, "AES256");
    },
  },
  {
    name: "an unknown storage class is refused",
    async run(probe) {
      const path = `/${await probe.bucket()}/key`;
      const headers = { "x-amz-storage-class": "SHINY" };
      answered(
        await probe.raw({ method: "PUT", path, headers, body: "x" }),
        400,
        "InvalidStorageClass",
      );
    },
  },
  {
    name: "metadata of more than 2 KiB is refused",
    async run(probe) {
      const path = `/${await probe.bucket()}/key`;
      const headers = { "x-amz-meta-long": "x".repeat(2100) };
      answered(
        await probe.raw({ method: "PUT", path, headers, body: "x" }),
        400,
        "MetadataTooLarge",
      );
    },
  },
  {
    name: "a read of nothing is NoSuchKey, a HEAD is 404 without a body",
    async run(probe) {
      const bucket = await probe.bucket();
      await holds(probe, bucket, "key", undefined);
      const head = await probe.raw({ method: "HEAD", path: `/${bucket}/key` });
      assert.equal(head.status, 404);
      assert.equal(head.text, "");
    },
  },
  {
    name: "a delete answers 204 whether or not there was an object",
    async run(probe) {
      const at = { Bucket: await probe.bucket(), Key: "key" };
      await probe.put(at.Bucket, "key");
      for (let time = 0; time < 2; time++) {
        const { $metadata } = await probe.client.send(new DeleteObjectCommand(at));
        assert.equal($metadata.httpStatusCode, 204);
      }
      await holds(probe, at.Bucket, "key", undefined);
    },
  },
  {
    name: "many objects are deleted at once, also by keys that XML must escape",
    async run(probe) {
      const Bucket = await probe.bucket();
      const keys = ["a", "b&c", "<d>", 'e"f', "g h"];
      for (const key of keys) await probe.put(Bucket, key);
      const { Deleted = [] } = await probe.client.send(
        new DeleteObjectsCommand({
          Bucket,
          Delete: { Objects: [...keys, "never-was"].map((Key) => ({ Key })) },
        }),
      );
      assert.deepEqual(
        Deleted.map(({ Key }) => Key),
        [...keys, "never-was"],
      );
      for (const key of keys) await holds(probe, Bucket, key, undefined);
    },
  },
  {
    name: "DeleteObjects without a checksum is refused",
    async run(probe) {
      const bucket = await probe.bucket();
      await probe.put(bucket, "a");
      const answer = await probe.raw({
        method: "POST",
        path: `/${bucket}`,
        query: { delete: "" },
        body: "<Delete><Object><Key>a</Key></Object></Delete>",
      });
      answered(answer, 400, "InvalidRequest");
      await holds(probe, bucket, "a", "content");
    },
  },
  {
    name: "a body without its length is refused",
    async run(probe) {
      const bucket = await probe.bucket();
      const path = `/${bucket}/key`;
      const answer = await probe.raw({ method: "PUT", path, body: "content", withoutLength: true });
      assert.ok(answer.status === 411 || answer.status === 501, answer.text);
      await holds(probe, bucket, "key", undefined);
    },
  },
  {
    name: "a request for something else never overwrites the object",
    async run(probe) {
      const bucket = await probe.bucket();
      await probe.put(bucket, "key");
      for (const parameter of ["tagging", "acl", "retention", "legal-hold"]) {
        const query = { [parameter]: "" };
        await probe.raw({ method: "PUT", path: `/${bucket}/key`, query, body: "<Other/>" });
        await holds(probe, bucket, "key", "content");
      }
    },
  },
  {
    name: "an error tells its code, and the request id of the headers",
    async run(probe) {
      const bucket = await probe.bucket();
      const got = await probe.raw({ method: "GET", path: `/${bucket}/no such & key` });
      answered(got, 404, "NoSuchKey");
      assert.equal(got.headers["content-type"], "application/xml");
      assert.match(got.text, /<Key>no such &amp; key<\/Key>/u);
      const requestId = /<RequestId>(.+)<\/RequestId>/u.exec(got.text)?.[1];
      assert.equal(requestId, got.headers["x-amz-request-id"]);
    },
  },
  {
    name: "a delete with If-Match deletes only what matches",
    async run(probe) {
      const at = { Bucket: await probe.bucket(), Key: "key" };
      const ETag = await probe.put(at.Bucket, "key");
      await refused(
        probe.client.send(new DeleteObjectCommand({ ...at, IfMatch: '"0000"' })),
        412,
        "PreconditionFailed",
      );
      await holds(probe, at.Bucket, "key", "content");
      await probe.client.send(new DeleteObjectCommand({ ...at, IfMatch: ETag }));
      await holds(probe, at.Bucket, "key", undefined);
    },
  },
];
