import assert from "node:assert/strict";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { answered, type ConformanceCase, type Probe, refused } from "./probe";

const CONTENT = "0123456789";

async function withObject(probe: Probe): Promise<{ path: string; etag: string }> {
  const bucket = await probe.bucket();
  const etag = await probe.put(bucket, "key", CONTENT);
  return { path: `/${bucket}/key`, etag };
}

function rangeCase(range: string, expected: string, contentRange: string): ConformanceCase {
  return {
    name: `the range ${range} of ten bytes is ${JSON.stringify(expected)}`,
    async run(probe) {
      const { path } = await withObject(probe);
      const got = await probe.raw({ method: "GET", path, headers: { range } });
      assert.equal(got.status, 206);
      assert.equal(got.text, expected);
      assert.equal(got.headers["content-range"], contentRange);
      assert.equal(got.headers["content-length"], String(expected.length));
    },
  };
}

function unsatisfiable(range: string): ConformanceCase {
  return {
    name: `the range ${range} of ten bytes does not exist`,
    async run(probe) {
      const { path } = await withObject(probe);
      answered(await probe.raw({ method: "GET", path, headers: { range } }), 416, "InvalidRange");
    },
  };
}

export const readCases: readonly ConformanceCase[] = [
  rangeCase("bytes=0-3", "0123", "bytes 0-3/10"),
  rangeCase("bytes=4-4", "4", "bytes 4-4/10"),
  rangeCase("bytes=7-", "789", "bytes 7-9/10"),
  rangeCase("bytes=7-100", "789", "bytes 7-9/10"),
  rangeCase("bytes=-3", "789", "bytes 7-9/10"),
  rangeCase("bytes=-100", CONTENT, "bytes 0-9/10"),
  unsatisfiable("bytes=10-"),
  unsatisfiable("bytes=10-12"),
  unsatisfiable("bytes=-0"),
  {
    name: "a range that can not be read is ignored",
    async run(probe) {
      const { path } = await withObject(probe);
      for (const range of ["bytes=5-2", "bites=0-1", "bytes=a-b"]) {
        const got = await probe.raw({ method: "GET", path, headers: { range } });
        assert.equal(`${String(got.status)} ${got.text}`, `200 ${CONTENT}`);
      }
    },
  },
  {
    name: "HEAD tells of a range without sending it",
    async run(probe) {
      const { path } = await withObject(probe);
      const got = await probe.raw({ method: "HEAD", path, headers: { range: "bytes=2-4" } });
      assert.equal(got.status, 206);
      assert.equal(got.headers["content-length"], "3");
      assert.equal(got.text, "");
    },
  },
  {
    name: "If-Match reads what matches and nothing else",
    async run(probe) {
      const { path, etag } = await withObject(probe);
      const read = (value: string): ReturnType<Probe["raw"]> =>
        probe.raw({ method: "GET", path, headers: { "if-match": value } });
      answered(await read(etag), 200);
      answered(await read("*"), 200);
      answered(await read('"another"'), 412, "PreconditionFailed");
    },
  },
  {
    name: "If-None-Match of the same ETag is 304 without a body",
    async run(probe) {
      const { path, etag } = await withObject(probe);
      const same = await probe.raw({ method: "GET", path, headers: { "if-none-match": etag } });
      assert.equal(same.status, 304);
      assert.equal(same.text, "");
      const headers = { "if-none-match": '"another"' };
      answered(await probe.raw({ method: "GET", path, headers }), 200);
    },
  },
  {
    name: "dates decide where no ETag does",
    async run(probe) {
      const { path, etag } = await withObject(probe);
      const past = "Mon, 01 Jan 2001 00:00:00 GMT";
      const future = new Date(Date.now() + 60_000).toUTCString();
      const read = async (headers: Record<string, string>): Promise<number> =>
        (await probe.raw({ method: "GET", path, headers })).status;
      assert.equal(await read({ "if-modified-since": past }), 200);
      assert.equal(await read({ "if-unmodified-since": past }), 412);
      assert.equal(await read({ "if-unmodified-since": future }), 200);
      assert.equal(await read({ "if-match": etag, "if-unmodified-since": past }), 200);
      assert.equal(await read({ "if-none-match": etag, "if-modified-since": past }), 304);
    },
  },
  {
    name: "an object that was not modified since its own date is 304",
    async run(probe) {
      const { path } = await withObject(probe);
      const { headers } = await probe.raw({ method: "HEAD", path });
      const since = { "if-modified-since": headers["last-modified"] ?? "" };
      assert.equal((await probe.raw({ method: "GET", path, headers: since })).status, 304);
    },
  },
  {
    name: "a reader may ask for other headers",
    async run(probe) {
      const Bucket = await probe.bucket();
      await probe.put(Bucket, "key");
      const answer = await probe.client.send(
        new GetObjectCommand({
          Bucket,
          Key: "key",
          ResponseContentType: "text/csv",
          ResponseContentDisposition: "attachment",
          ResponseCacheControl: "no-store",
        }),
      );
      assert.equal(answer.ContentType, "text/csv");
      assert.equal(answer.ContentDisposition, "attachment");
      assert.equal(answer.CacheControl, "no-store");
    },
  },
  {
    name: "a version id that can not be one is refused",
    async run(probe) {
      const Bucket = await probe.bucket();
      await probe.put(Bucket, "key");
      const input = { Bucket, Key: "key", VersionId: "no such version!" };
      await refused(probe.client.send(new GetObjectCommand(input)), 400, "InvalidArgument");
      const head = await probe.client.send(
        new HeadObjectCommand({ Bucket, Key: "key", VersionId: "null" }),
      );
      assert.equal(head.ContentLength, 7);
    },
  },
];
