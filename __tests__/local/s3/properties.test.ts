import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { compareKeys, KeyIndex } from "../../../local/s3/store/key-index";
import { walk } from "../../../local/s3/store/walk";
import { splitAt, unsignedFraming } from "./support/framing";
import { running, type Running } from "./support/running";

let server: Running;

beforeAll(async () => {
  server = await running();
});

afterAll(async () => {
  await server.close();
});

/** Any text that is a key: not empty, well-formed, at most 1,024 bytes. */
const key = fc
  .string({ unit: "binary", minLength: 1, maxLength: 60 })
  .filter((text) => text.isWellFormed());

/** Keys of few characters, so that prefixes and groups meet. */
const shortKey = fc
  .array(fc.constantFrom("a", "b", "/", "//", "ü", "\uff5e", "🎧"), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(""));

test("any key and any content come back", async () => {
  await fc.assert(
    fc.asyncProperty(key, fc.uint8Array({ maxLength: 40_000 }), async (name, bytes) => {
      const content = Buffer.from(bytes);
      const put = await server.put(name, content);
      expect(put.status).toBe(200);
      const got = await server.get(name);
      expect(got.body.equals(content)).toBe(true);
      expect(server.s3.object("landing", name)?.size).toBe(content.length);
    }),
    { numRuns: 60 },
  );
});

test("a range of an object is that range of its bytes", async () => {
  const content = Buffer.from(Array.from({ length: 500 }, (_, index) => index % 256));
  await server.put("ranged", content);
  await fc.assert(
    fc.asyncProperty(fc.nat(499), fc.nat(700), async (start, extra) => {
      const got = await server.get("ranged", {
        range: `bytes=${String(start)}-${String(start + extra)}`,
      });
      expect(got.status).toBe(206);
      expect(got.body.equals(content.subarray(start, start + extra + 1))).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("an aws-chunked upload of any size in any chunks is its content", async () => {
  const sizes = fc.array(fc.integer({ min: 8192, max: 70_000 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.nat(200_000), sizes, async (size, chunks) => {
      const content = Buffer.alloc(size, "0123456789abcdef!");
      const put = await server.put("chunked", unsignedFraming(splitAt(content, chunks)), {
        "content-encoding": "aws-chunked",
        "x-amz-decoded-content-length": String(size),
      });
      expect(put.status).toBe(200);
      expect((await server.s3.read("landing", "chunked")).equals(content)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test("parts of any number and size become the object that they are the parts of", async () => {
  const MIN = 5 * 1024 * 1024;
  const part = fc.tuple(fc.nat(3), fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { minLength: 1, maxLength: 3 }),
      fc.nat(100),
      async (rows, tail) => {
        const path = "/landing/parts";
        const created = await server.raw({ method: "POST", path, query: { uploads: "" } });
        const uploadId = /<UploadId>(.*)<\/UploadId>/u.exec(created.text)?.[1] ?? "";
        const contents = [
          ...rows.map(([more, byte]) => Buffer.alloc(MIN + more, byte)),
          Buffer.alloc(tail, "t"),
        ];
        const etags = await Promise.all(
          contents.map(async (body, index) => {
            const query = { partNumber: String(index * 7 + 1), uploadId };
            return (await server.raw({ method: "PUT", path, query, body })).headers.etag ?? "";
          }),
        );
        const list = etags.map(
          (etag, index) =>
            `<Part><PartNumber>${String(index * 7 + 1)}</PartNumber><ETag>${etag}</ETag></Part>`,
        );
        const body = `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`;
        const done = await server.raw({ method: "POST", path, query: { uploadId }, body });
        expect(done.status).toBe(200);
        expect((await server.s3.read("landing", "parts")).equals(Buffer.concat(contents))).toBe(
          true,
        );
      },
    ),
    { numRuns: 8 },
  );
});

test("keys are in the order of their bytes", () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(
        Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
    }),
    { numRuns: 2000 },
  );
});

/** What a listing is, written without regard to speed. */
function expectedListing(
  keys: readonly string[],
  prefix: string,
  delimiter: string,
  after: string,
): string[] {
  const entries = keys
    .filter((name) => name.startsWith(prefix) && compareKeys(name, after) > 0)
    .map((name) => {
      const at = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length);
      return at === -1 ? `key ${name}` : `group ${name.slice(0, at + delimiter.length)}`;
    });
  return [...new Set(entries)];
}

test("a listing is what its definition says, for any keys, prefix, delimiter and start", () => {
  const delimiter = fc.constantFrom("", "/", "//", "b/");
  fc.assert(
    fc.property(
      fc.uniqueArray(shortKey, { maxLength: 20 }),
      shortKey,
      delimiter,
      shortKey,
      fc.boolean(),
      (keys, start, mark, somewhere, begins) => {
        const index = new KeyIndex();
        for (const one of keys) index.add(one);
        const sorted = [...keys].sort(compareKeys);
        const prefix = begins ? somewhere.slice(0, 1) : "";
        const options = { prefix, delimiter: mark, after: start, accept: () => true };
        const found = [...walk(index, options)].map((entry) =>
          entry.kind === "key" ? `key ${entry.key}` : `group ${entry.group}`,
        );
        expect(found).toEqual(expectedListing(sorted, prefix, mark, start));
      },
    ),
    { numRuns: 2000 },
  );
});

test("pages of any size together are the listing", async () => {
  const bucket = "pages";
  server.s3.createBucket({ name: bucket });
  const keys =
    fc.sample(fc.uniqueArray(shortKey, { minLength: 40, maxLength: 40 }), {
      numRuns: 1,
      seed: 3,
    })[0] ?? [];
  for (const one of keys)
    expect((await server.raw({ method: "PUT", path: `/${bucket}/${one}`, body: "x" })).status).toBe(
      200,
    );
  const expected = expectedListing([...keys].sort(compareKeys), "", "/", "");
  for (const MaxKeys of [1, 2, 3, 7, 50]) {
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await server.client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Delimiter: "/",
          MaxKeys,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
      found.push(
        ...(page.Contents ?? []).map(({ Key }) => `key ${Key ?? ""}`),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => `group ${Prefix ?? ""}`),
      );
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(found.sort()).toEqual([...expected].sort());
  }
});
