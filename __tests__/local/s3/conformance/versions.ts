import assert from "node:assert/strict";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { answered, type ConformanceCase, holds, type Probe } from "./probe";

async function putVersion(
  probe: Probe,
  Bucket: string,
  Key: string,
  Body: string,
): Promise<string> {
  const { VersionId } = await probe.client.send(new PutObjectCommand({ Bucket, Key, Body }));
  assert.ok(VersionId !== undefined);
  return VersionId;
}

async function contentOf(
  probe: Probe,
  Bucket: string,
  Key: string,
  VersionId: string,
): Promise<string> {
  const { Body } = await probe.client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return (await Body?.transformToString()) ?? "";
}

export const versionCases: readonly ConformanceCase[] = [
  {
    name: "every write of a versioned bucket makes a version that stays readable",
    async run(probe) {
      const bucket = await probe.versionedBucket();
      const first = await putVersion(probe, bucket, "key", "one");
      const second = await putVersion(probe, bucket, "key", "two");
      assert.notEqual(first, second);
      await holds(probe, bucket, "key", "two");
      assert.equal(await contentOf(probe, bucket, "key", first), "one");
      assert.equal(await contentOf(probe, bucket, "key", second), "two");
    },
  },
  {
    name: "a delete hides a key behind a marker, and deleting the marker brings it back",
    async run(probe) {
      const at = { Bucket: await probe.versionedBucket(), Key: "key" };
      const first = await putVersion(probe, at.Bucket, "key", "one");
      const deleted = await probe.client.send(new DeleteObjectCommand(at));
      assert.equal(deleted.DeleteMarker, true);
      const { VersionId: marker = "" } = deleted;
      const hidden = await probe.raw({ method: "GET", path: `/${at.Bucket}/key` });
      answered(hidden, 404, "NoSuchKey");
      assert.equal(hidden.headers["x-amz-delete-marker"], "true");
      const direct = await probe.raw({
        method: "GET",
        path: `/${at.Bucket}/key`,
        query: { versionId: marker },
      });
      answered(direct, 405, "MethodNotAllowed");
      assert.equal(await contentOf(probe, at.Bucket, "key", first), "one");
      const listed = await probe.client.send(new ListObjectsV2Command({ Bucket: at.Bucket }));
      assert.equal(listed.KeyCount, 0);
      const undone = await probe.client.send(new DeleteObjectCommand({ ...at, VersionId: marker }));
      assert.equal(undone.DeleteMarker, true);
      await holds(probe, at.Bucket, "key", "one");
    },
  },
  {
    name: "deleting a version is final",
    async run(probe) {
      const at = { Bucket: await probe.versionedBucket(), Key: "key" };
      await putVersion(probe, at.Bucket, "key", "one");
      const VersionId = await putVersion(probe, at.Bucket, "key", "two");
      await probe.client.send(new DeleteObjectCommand({ ...at, VersionId }));
      await holds(probe, at.Bucket, "key", "one");
      answered(
        await probe.raw({
          method: "GET",
          path: `/${at.Bucket}/key`,
          query: { versionId: VersionId },
        }),
        404,
        "NoSuchVersion",
      );
    },
  },
  {
    name: "what was there before versioning is the version null",
    async run(probe) {
      const bucket = await probe.bucket();
      await probe.put(bucket, "key", "before");
      await probe.setVersioning(bucket, "Enabled");
      await putVersion(probe, bucket, "key", "after");
      assert.equal(await contentOf(probe, bucket, "key", "null"), "before");
    },
  },
  {
    name: "while versioning is suspended, writes and deletes replace the version null only",
    async run(probe) {
      const at = { Bucket: await probe.versionedBucket(), Key: "key" };
      const kept = await putVersion(probe, at.Bucket, "key", "kept");
      await probe.setVersioning(at.Bucket, "Suspended");
      await probe.put(at.Bucket, "key", "null 1");
      await probe.put(at.Bucket, "key", "null 2");
      await probe.client.send(new DeleteObjectCommand(at));
      await holds(probe, at.Bucket, "key", undefined);
      assert.equal(await contentOf(probe, at.Bucket, "key", kept), "kept");
      const { Versions = [], DeleteMarkers = [] } = await probe.client.send(
        new ListObjectVersionsCommand({ Bucket: at.Bucket }),
      );
      assert.deepEqual(
        [...Versions, ...DeleteMarkers].map(({ VersionId }) => VersionId),
        [kept, "null"],
      );
    },
  },
  {
    name: "versions and markers are listed newest first, page by page",
    async run(probe) {
      const Bucket = await probe.versionedBucket();
      const expected: string[] = [];
      for (const Key of ["a", "b/1", "c"]) {
        const one = await putVersion(probe, Bucket, Key, "one");
        const two = await putVersion(probe, Bucket, Key, "two");
        const { VersionId = "" } = await probe.client.send(
          new DeleteObjectCommand({ Bucket, Key }),
        );
        expected.push(`${Key} ${VersionId} true`, `${Key} ${two} false`, `${Key} ${one} false`);
      }
      const found: string[] = [];
      let markers: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
      while (markers !== undefined) {
        const page: ListObjectVersionsCommandOutput = await probe.client.send(
          new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, ...markers }),
        );
        for (const { Key, VersionId, IsLatest } of [
          ...(page.Versions ?? []),
          ...(page.DeleteMarkers ?? []),
        ])
          found.push(`${Key ?? ""} ${VersionId ?? ""} ${String(IsLatest)}`);
        const { NextKeyMarker = "", NextVersionIdMarker = "" } = page;
        markers =
          page.IsTruncated === true
            ? { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker }
            : undefined;
      }
      assert.deepEqual(found, expected);
    },
  },
  {
    name: "versions are deleted by the many, too",
    async run(probe) {
      const Bucket = await probe.versionedBucket();
      const VersionId = await putVersion(probe, Bucket, "a", "one");
      await putVersion(probe, Bucket, "b", "one");
      const { Deleted = [] } = await probe.client.send(
        new DeleteObjectsCommand({
          Bucket,
          Delete: { Objects: [{ Key: "a", VersionId }, { Key: "b" }] },
        }),
      );
      assert.equal(Deleted[0]?.VersionId, VersionId);
      assert.equal(Deleted[1]?.DeleteMarker, true);
      const { Versions = [], DeleteMarkers = [] } = await probe.client.send(
        new ListObjectVersionsCommand({ Bucket }),
      );
      assert.deepEqual([Versions.length, DeleteMarkers.length], [1, 1]);
    },
  },
  {
    name: "a copy may name the version of its source",
    async run(probe) {
      const Bucket = await probe.versionedBucket();
      const first = await putVersion(probe, Bucket, "key", "one");
      await putVersion(probe, Bucket, "key", "two");
      const copied = await probe.client.send(
        new CopyObjectCommand({
          Bucket,
          Key: "copy",
          CopySource: `${Bucket}/key?versionId=${first}`,
        }),
      );
      assert.equal(copied.CopySourceVersionId, first);
      await holds(probe, Bucket, "copy", "one");
    },
  },
];
