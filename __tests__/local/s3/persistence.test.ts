import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { startS3 } from "../../../local/s3";
import { outcome, running } from "./support/running";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "local-s3-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const blobs = (): string[] => readdirSync(join(directory, "blobs"));

/** Waits for removals, which happen after the answer. */
async function settled(expected: number): Promise<number> {
  for (let wait = 0; wait < 100 && blobs().length !== expected; wait++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return blobs().length;
}

test("objects, versions, markers, uploads and settings survive a restart", async () => {
  const first = await running({
    directory,
    buckets: [{ name: "landing" }, { name: "versioned", versioned: true }],
  });
  await first.put("../../escape", "odd", { "x-amz-meta-a": "b", "content-type": "text/plain" });
  await first.put("empty", "");
  const path = "/versioned/key";
  await first.raw({ method: "PUT", path, body: "one" });
  await first.raw({ method: "PUT", path, body: "two" });
  await first.raw({ method: "DELETE", path });
  const created = await first.raw({ method: "POST", path: "/landing/m", query: { uploads: "" } });
  const uploadId = /<UploadId>(.*)<\/UploadId>/u.exec(created.text)?.[1] ?? "";
  const query = { partNumber: "3", uploadId };
  await first.raw({ method: "PUT", path: "/landing/m", query, body: "part" });
  const describe = ({ s3 }: typeof first): unknown => [
    s3.buckets(),
    s3.keys("landing"),
    s3.object("landing", "../../escape"),
    s3.object("landing", "empty"),
    s3.keys("versioned"),
    s3.versions("versioned", "key"),
    s3.uploads("landing"),
  ];
  const before = describe(first);
  await first.close();

  const second = await running({ directory, buckets: [] });
  expect(describe(second)).toEqual(before);
  expect((await second.get("../../escape")).text).toBe("odd");
  const [, one] = second.s3.versions("versioned", "key");
  const old = await second.s3.read("versioned", "key", one?.versionId);
  expect(old.toString()).toBe("one");
  const body = `<CompleteMultipartUpload><Part><PartNumber>3</PartNumber><ETag>8dc5ab5c6cc6ec1ae7ea04b85c5b7a6d</ETag></Part></CompleteMultipartUpload>`;
  expect(
    await outcome(second.raw({ method: "POST", path: "/landing/m", query: { uploadId }, body })),
  ).toBe("400 InvalidPart");
  expect(readdirSync(directory).sort()).toEqual(["blobs", "journal.jsonl", "lock"]);
  await second.close();
});

test("names of files say nothing of keys", async () => {
  const { put, close } = await running({ directory });
  await put("../../etc/passwd", "x");
  expect(blobs()).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/u)]);
  await close();
});

test("bytes that nothing refers to any more are removed", async () => {
  const { put, raw, close } = await running({ directory });
  await put("a", "one");
  await put("a", "two");
  expect(await settled(1)).toBe(1);
  const headers = { "x-amz-copy-source": "landing/a" };
  await raw({ method: "PUT", path: "/landing/copy", headers });
  await raw({ method: "DELETE", path: "/landing/a" });
  expect(await settled(1)).toBe(1);
  await raw({ method: "DELETE", path: "/landing/copy" });
  expect(await settled(0)).toBe(0);
  await put("wrong", "x", { "x-amz-checksum-crc32": "AAAAAA==" });
  expect(await settled(0)).toBe(0);
  await close();
});

test("what a killed process left half done is as if it had never begun", async () => {
  const first = await running({ directory });
  await first.put("whole", "content");
  await first.close();
  const journal = join(directory, "journal.jsonl");
  const [, put = ""] = readFileSync(journal, "utf8").split("\n");
  appendFileSync(journal, put.replace("whole", "half").slice(0, -5));
  writeFileSync(join(directory, "blobs", "left-over"), "bytes of an upload");
  // The process id of nobody.
  writeFileSync(join(directory, "lock"), "999999999");
  const second = await running({ directory });
  expect(second.s3.keys("landing")).toEqual(["whole"]);
  expect(blobs()).toHaveLength(1);
  await second.close();
});

test("a directory has one server at a time", async () => {
  const { close } = await running({ directory });
  await expect(startS3({ directory })).rejects.toThrow(
    `directory ${JSON.stringify(directory)} is used by another local S3 (process ${String(process.pid)}); end that one or name another directory`,
  );
  await close();
  const again = await startS3({ directory });
  await again.close();
});

test("a large object on disk is read in ranges across its parts", async () => {
  const { s3, raw, get, close } = await running({ directory });
  const path = "/landing/large";
  const created = await raw({
    method: "POST",
    path,
    query: { uploads: "" },
    headers: { "x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "FULL_OBJECT" },
  });
  const uploadId = /<UploadId>(.*)<\/UploadId>/u.exec(created.text)?.[1] ?? "";
  const parts = [1, 2, 3].map((number) => Buffer.alloc(5 * 1024 * 1024 + number, number));
  const etags = await Promise.all(
    parts.map(async (body, index) => {
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32BE(crc32(body));
      const { headers } = await raw({
        method: "PUT",
        path,
        query: { partNumber: String(index + 1), uploadId },
        headers: { "x-amz-checksum-crc32": checksum.toString("base64") },
        body,
      });
      return headers.etag ?? "";
    }),
  );
  const list = etags.map(
    (etag, index) =>
      `<Part><PartNumber>${String(index + 1)}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`;
  expect(await outcome(raw({ method: "POST", path, query: { uploadId }, body }))).toBe("200");
  // Completing moves no bytes: the three files of the parts are the object.
  expect(blobs()).toHaveLength(3);
  const whole = Buffer.concat(parts);
  expect((await s3.read("landing", "large")).equals(whole)).toBe(true);
  const first = parts[0]?.length ?? 0;
  for (const [start, end] of [
    [first - 2, first + 1],
    [0, whole.length - 1],
    [first, first],
    [whole.length - 1, whole.length - 1],
  ] as const) {
    const got = await get("large", { range: `bytes=${String(start)}-${String(end)}` });
    expect(got.body.equals(whole.subarray(start, end + 1))).toBe(true);
  }
  await close();
});
