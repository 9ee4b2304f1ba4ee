import assert from "node:assert/strict";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { answered, type ConformanceCase, refused } from "./probe";

export const bucketCases: readonly ConformanceCase[] = [
  {
    name: "a bucket is created, found, listed and deleted",
    async run(probe) {
      const Bucket = await probe.bucket();
      await probe.client.send(new HeadBucketCommand({ Bucket }));
      const { Buckets = [] } = await probe.client.send(new ListBucketsCommand({}));
      assert.ok(Buckets.some(({ Name }) => Name === Bucket));
      await probe.client.send(new DeleteBucketCommand({ Bucket }));
      await refused(probe.client.send(new HeadBucketCommand({ Bucket })), 404, "NotFound");
    },
  },
  {
    name: "a bucket with objects is not deleted",
    async run(probe) {
      const Bucket = await probe.bucket();
      await probe.put(Bucket, "key");
      await refused(probe.client.send(new DeleteBucketCommand({ Bucket })), 409, "BucketNotEmpty");
    },
  },
  {
    name: "creating an own bucket again in us-east-1 is no error and keeps its objects",
    async run(probe) {
      const Bucket = await probe.bucket();
      await probe.put(Bucket, "key");
      await probe.client.send(new CreateBucketCommand({ Bucket }));
      const { KeyCount } = await probe.client.send(new ListObjectsV2Command({ Bucket }));
      assert.equal(KeyCount, 1);
    },
  },
  {
    name: "us-east-1 has no location",
    async run(probe) {
      const Bucket = await probe.bucket();
      const answer = await probe.client.send(new GetBucketLocationCommand({ Bucket }));
      assert.equal(answer.LocationConstraint, undefined);
    },
  },
  {
    name: "a bucket is not versioned until somebody asks, and keeps what was asked",
    async run(probe) {
      const Bucket = await probe.bucket();
      const status = async (): Promise<string | undefined> =>
        (await probe.client.send(new GetBucketVersioningCommand({ Bucket }))).Status;
      assert.equal(await status(), undefined);
      await probe.setVersioning(Bucket, "Enabled");
      assert.equal(await status(), "Enabled");
      await probe.setVersioning(Bucket, "Suspended");
      assert.equal(await status(), "Suspended");
    },
  },
  {
    name: "names that break the rules are refused",
    async run(probe) {
      for (const name of ["Aa-bucket", "a_b", "192.168.1.1", "xn--a-bucket", "ab", "a..b"])
        answered(await probe.raw({ method: "PUT", path: `/${name}` }), 400, "InvalidBucketName");
    },
  },
  {
    name: "nothing is put into a bucket that does not exist",
    async run(probe) {
      const input = { Bucket: "conformance-never-made", Key: "key", Body: "content" };
      await refused(probe.client.send(new PutObjectCommand(input)), 404, "NoSuchBucket");
    },
  },
  {
    name: "a wrong expected owner is refused",
    async run(probe) {
      const Bucket = await probe.bucket();
      await refused(
        probe.client.send(
          new PutObjectCommand({
            Bucket,
            Key: "key",
            Body: "content",
            ExpectedBucketOwner: "999999999999",
          }),
        ),
        403,
        "AccessDenied",
      );
    },
  },
];
