import assert from "node:assert/strict";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { answered, type ConformanceCase, holds } from "./probe";

/** Texts that a server may take for something else than a key. */
export const ODD_KEYS = [
  "a b",
  "a+b",
  "a%20b",
  "a%2Fb",
  "100%",
  "ümläut/日本語/🎧",
  "//double//slash//",
  "/leading",
  "trailing/",
  "./dot",
  "dir/../up",
  "dir/./here",
  "..",
  "a?b=c&d#e",
  "quote'\"<>&;",
  "back\\slash",
  "~tilde*(star)!",
  "a=b,c:d@e$f",
  "tab\there",
  "{curly}[square]|^`",
];

export const keyCases: readonly ConformanceCase[] = [
  ...ODD_KEYS.map((key): ConformanceCase => ({
    name: `the key ${JSON.stringify(key)} is a key like others`,
    async run(probe) {
      const Bucket = await probe.bucket();
      const path = `/${Bucket}/${key}`;
      answered(await probe.raw({ method: "PUT", path, body: key }), 200);
      await holds(probe, Bucket, key, key);
      const { Contents = [] } = await probe.client.send(new ListObjectsV2Command({ Bucket }));
      assert.deepEqual(
        Contents.map(({ Key }) => Key),
        [key],
      );
    },
  })),
  {
    name: "the SDK's own form of odd keys names the same objects",
    async run(probe) {
      const Bucket = await probe.bucket();
      for (const Key of ODD_KEYS.filter((key) => !/(?:^|\/)\.{1,2}(?:\/|$)/u.test(key))) {
        await probe.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
        await holds(probe, Bucket, Key, Key);
        await probe.client.send(new DeleteObjectCommand({ Bucket, Key }));
        await holds(probe, Bucket, Key, undefined);
      }
    },
  },
  {
    name: "keys that look alike are different objects",
    async run(probe) {
      const Bucket = await probe.bucket();
      const keys = [
        "a/b",
        "a//b",
        "A/b",
        "a/./b",
        "a%2Fb",
        "a/b/",
        "a+b",
        "a b",
        "\u00e9",
        "e\u0301",
      ];
      for (const key of keys)
        answered(await probe.raw({ method: "PUT", path: `/${Bucket}/${key}`, body: key }), 200);
      for (const key of keys) await holds(probe, Bucket, key, key);
    },
  },
  {
    name: "listings encode keys when asked",
    async run(probe) {
      const Bucket = await probe.bucket();
      for (const key of ["a b", "a+b", "ü/%"]) await probe.put(Bucket, key);
      const { Contents = [], EncodingType } = await probe.client.send(
        new ListObjectsV2Command({ Bucket, EncodingType: "url" }),
      );
      assert.equal(EncodingType, "url");
      assert.deepEqual(
        Contents.map(({ Key }) => Key),
        ["a+b", "a%2Bb", "%C3%BC/%25"],
      );
    },
  },
  {
    name: "a key has at most 1,024 bytes of UTF-8",
    async run(probe) {
      const bucket = await probe.bucket();
      const longest = "ü".repeat(512);
      answered(await probe.raw({ method: "PUT", path: `/${bucket}/${longest}`, body: "x" }), 200);
      const path = `/${bucket}/${longest}x`;
      answered(await probe.raw({ method: "PUT", path, body: "x" }), 400, "KeyTooLongError");
    },
  },
  {
    name: "a copy's source may have an odd key",
    async run(probe) {
      const Bucket = await probe.bucket();
      for (const key of ["a b+c%d", "ü?x=1"]) {
        await probe.put(Bucket, key, key);
        const CopySource = `${Bucket}/${encodeURIComponent(key)}`;
        await probe.client.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource }));
        await holds(probe, Bucket, "copy", key);
      }
    },
  },
];
