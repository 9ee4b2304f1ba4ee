import assert from "node:assert/strict";
import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsCommand,
  type ListObjectsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
} from "@aws-sdk/client-s3";
import { beginUpload } from "./multipart";
import { type ConformanceCase, type Probe, refused } from "./probe";

const KEYS = ["a", "a/1", "a/2", "a/b/1", "b/", "b/1", "c", "c0", "ü", "\uff5e", "🎧"];

async function filledBucket(probe: Probe, keys = KEYS): Promise<string> {
  const bucket = await probe.bucket();
  for (const key of keys) await probe.put(bucket, key, key);
  return bucket;
}

/** Keys and groups of all pages, in the order in which they came. */
async function listAll(
  probe: Probe,
  input: ListObjectsV2CommandInput,
): Promise<{ keys: string[]; groups: string[] }> {
  const keys: string[] = [];
  const groups: string[] = [];
  let token: string | undefined;
  do {
    const page = await probe.client.send(
      new ListObjectsV2Command({
        ...input,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    for (const { Key } of page.Contents ?? []) keys.push(Key ?? "");
    for (const { Prefix } of page.CommonPrefixes ?? []) groups.push(Prefix ?? "");
    token = page.NextContinuationToken;
    assert.equal(page.IsTruncated, token !== undefined);
  } while (token !== undefined);
  return { keys, groups };
}

export const listingCases: readonly ConformanceCase[] = [
  {
    name: "keys are listed in the order of their UTF-8 bytes, page by page",
    async run(probe) {
      const Bucket = await filledBucket(probe);
      for (const MaxKeys of [1000, 3, 1])
        assert.deepEqual((await listAll(probe, { Bucket, MaxKeys })).keys, KEYS);
    },
  },
  {
    name: "a delimiter groups keys, page by page",
    async run(probe) {
      const Bucket = await filledBucket(probe);
      for (const MaxKeys of [1000, 2, 1])
        assert.deepEqual(await listAll(probe, { Bucket, MaxKeys, Delimiter: "/" }), {
          keys: ["a", "c", "c0", "ü", "\uff5e", "🎧"],
          groups: ["a/", "b/"],
        });
      assert.deepEqual(await listAll(probe, { Bucket, Prefix: "a/", Delimiter: "/" }), {
        keys: ["a/1", "a/2"],
        groups: ["a/b/"],
      });
    },
  },
  {
    name: "a listing may start after a key, which need not exist",
    async run(probe) {
      const Bucket = await filledBucket(probe);
      const after = async (StartAfter: string): Promise<string[]> =>
        (await listAll(probe, { Bucket, StartAfter, MaxKeys: 2 })).keys;
      assert.deepEqual(await after("b/1"), KEYS.slice(6));
      assert.deepEqual(await after("b/0"), KEYS.slice(5));
      assert.deepEqual(await after("🎧"), []);
    },
  },
  {
    name: "a page of no keys is empty and not truncated",
    async run(probe) {
      const Bucket = await filledBucket(probe, ["a", "b"]);
      const page = await probe.client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }));
      assert.equal(page.KeyCount, 0);
      assert.equal(page.IsTruncated, false);
    },
  },
  {
    name: "the older listing pages by marker, also over groups",
    async run(probe) {
      const Bucket = await filledBucket(probe);
      const found: string[] = [];
      let Marker: string | undefined;
      do {
        const page: ListObjectsCommandOutput = await probe.client.send(
          new ListObjectsCommand({
            Bucket,
            Delimiter: "/",
            MaxKeys: 1,
            ...(Marker === undefined ? {} : { Marker }),
          }),
        );
        for (const { Key } of page.Contents ?? []) found.push(Key ?? "");
        for (const { Prefix } of page.CommonPrefixes ?? []) found.push(Prefix ?? "");
        Marker = page.NextMarker;
      } while (Marker !== undefined);
      assert.deepEqual(found, ["a", "a/", "b/", "c", "c0", "ü", "\uff5e", "🎧"]);
    },
  },
  {
    name: "a wrong page size or token is refused",
    async run(probe) {
      const Bucket = await probe.bucket();
      await refused(
        probe.client.send(new ListObjectsV2Command({ Bucket, MaxKeys: -1 })),
        400,
        "InvalidArgument",
      );
      await refused(
        probe.client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: "?" })),
        400,
        "InvalidArgument",
      );
    },
  },
  {
    name: "a listing tells size, ETag and checksum algorithm",
    async run(probe) {
      const Bucket = await probe.bucket();
      const ETag = await probe.put(Bucket, "key", "content");
      const { Contents = [] } = await probe.client.send(
        new ListObjectsV2Command({ Bucket, FetchOwner: true }),
      );
      const [object = {}] = Contents;
      assert.equal(object.ETag, ETag);
      assert.equal(object.Size, 7);
      assert.deepEqual(object.ChecksumAlgorithm, ["CRC32"]);
      assert.equal(object.StorageClass, "STANDARD");
      assert.ok((object.Owner?.ID ?? "") !== "");
    },
  },
  {
    name: "uploads under way are listed by prefix, page by page",
    async run(probe) {
      const Bucket = await probe.bucket();
      const ids: string[] = [];
      for (const key of ["in/b", "in/a", "in/a", "out/a"])
        ids.push((await beginUpload(probe, Bucket, key)).at.UploadId);
      const found: string[] = [];
      let markers: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
      while (markers !== undefined) {
        const page: ListMultipartUploadsCommandOutput = await probe.client.send(
          new ListMultipartUploadsCommand({ Bucket, Prefix: "in/", MaxUploads: 1, ...markers }),
        );
        for (const { Key, UploadId } of page.Uploads ?? [])
          found.push(`${Key ?? ""} ${String(ids.indexOf(UploadId ?? ""))}`);
        const { NextKeyMarker = "", NextUploadIdMarker = "" } = page;
        markers =
          page.IsTruncated === true
            ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker }
            : undefined;
      }
      assert.deepEqual(found.sort(), ["in/a 1", "in/a 2", "in/b 0"]);
    },
  },
  {
    name: "uploads under way are grouped by a delimiter",
    async run(probe) {
      const Bucket = await probe.bucket();
      for (const key of ["in/b", "in/a", "top"]) await beginUpload(probe, Bucket, key);
      const { Uploads = [], CommonPrefixes = [] } = await probe.client.send(
        new ListMultipartUploadsCommand({ Bucket, Delimiter: "/" }),
      );
      assert.deepEqual(
        Uploads.map(({ Key }) => Key),
        ["top"],
      );
      assert.deepEqual(
        CommonPrefixes.map(({ Prefix }) => Prefix),
        ["in/"],
      );
    },
  },
];
