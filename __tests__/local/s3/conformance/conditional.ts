import assert from "node:assert/strict";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { answered, type ConformanceCase, holds, refused } from "./probe";

export const conditionalCases: readonly ConformanceCase[] = [
  {
    name: "If-None-Match: * writes a key once",
    async run(probe) {
      const at = { Bucket: await probe.bucket(), Key: "key", IfNoneMatch: "*" };
      await probe.client.send(new PutObjectCommand({ ...at, Body: "first" }));
      await refused(
        probe.client.send(new PutObjectCommand({ ...at, Body: "second" })),
        412,
        "PreconditionFailed",
      );
      await holds(probe, at.Bucket, "key", "first");
      await probe.client.send(new DeleteObjectCommand({ Bucket: at.Bucket, Key: "key" }));
      await probe.client.send(new PutObjectCommand({ ...at, Body: "third" }));
      await holds(probe, at.Bucket, "key", "third");
    },
  },
  {
    name: "If-None-Match: * sees a delete marker as nothing",
    async run(probe) {
      const at = { Bucket: await probe.versionedBucket(), Key: "key" };
      await probe.put(at.Bucket, "key", "first");
      await probe.client.send(new DeleteObjectCommand(at));
      await probe.client.send(new PutObjectCommand({ ...at, Body: "second", IfNoneMatch: "*" }));
      await holds(probe, at.Bucket, "key", "second");
    },
  },
  {
    name: "If-None-Match of an ETag is not offered for writes",
    async run(probe) {
      const path = `/${await probe.bucket()}/key`;
      const headers = { "if-none-match": '"abc"' };
      answered(await probe.raw({ method: "PUT", path, headers, body: "x" }), 501, "NotImplemented");
    },
  },
  {
    name: "If-Match replaces exactly the object that was read",
    async run(probe) {
      const at = { Bucket: await probe.bucket(), Key: "key" };
      const first = await probe.put(at.Bucket, "key", "first");
      await probe.client.send(new PutObjectCommand({ ...at, Body: "second", IfMatch: first }));
      await refused(
        probe.client.send(new PutObjectCommand({ ...at, Body: "third", IfMatch: first })),
        412,
        "PreconditionFailed",
      );
      await holds(probe, at.Bucket, "key", "second");
    },
  },
  {
    name: "If-Match where nothing is answers 404",
    async run(probe) {
      const at = { Bucket: await probe.bucket(), Key: "key", IfMatch: '"abc"' };
      await refused(
        probe.client.send(new PutObjectCommand({ ...at, Body: "x" })),
        404,
        "NoSuchKey",
      );
      await holds(probe, at.Bucket, "key", undefined);
    },
  },
  {
    name: "of 100 writers with If-None-Match: * exactly one is told that it wrote",
    async run(probe) {
      const bucket = await probe.bucket();
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, writer) =>
          probe.raw({
            method: "PUT",
            path: `/${bucket}/key`,
            headers: { "if-none-match": "*" },
            body: `writer ${String(writer)} ${"x".repeat(20_000)}`,
          }),
        ),
      );
      const winners = answers.flatMap(({ status }, writer) => (status === 200 ? [writer] : []));
      assert.equal(winners.length, 1);
      for (const { status } of answers) assert.ok([200, 409, 412].includes(status));
      await holds(probe, bucket, "key", `writer ${String(winners[0])} ${"x".repeat(20_000)}`);
    },
  },
  {
    name: "of 50 writers with If-Match exactly one is told that it wrote",
    async run(probe) {
      const bucket = await probe.bucket();
      const etag = await probe.put(bucket, "key", "before");
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, writer) =>
          probe.raw({
            method: "PUT",
            path: `/${bucket}/key`,
            headers: { "if-match": etag },
            body: `writer ${String(writer)}`,
          }),
        ),
      );
      const winners = answers.flatMap(({ status }, writer) => (status === 200 ? [writer] : []));
      assert.equal(winners.length, 1);
      await holds(probe, bucket, "key", `writer ${String(winners[0])}`);
    },
  },
];
