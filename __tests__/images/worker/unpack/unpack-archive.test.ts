import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { crc32, gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { ZipFile } from "yazl";
import { startLab, type UnpackLab } from "./support";

let lab: UnpackLab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(async () => {
  await lab.close();
});

const FILES: Readonly<Record<string, Buffer>> = {
  "a.txt": Buffer.from("hello"),
  "empty.bin": Buffer.alloc(0),
  "dir/한글.json": Buffer.from(`{"n":${"1".repeat(100_000)}}`),
  "large.bin": Buffer.concat([randomBytes(9_000_000), Buffer.alloc(9_000_000, "x")]),
};

async function zipOf(files: Readonly<Record<string, Buffer>>, compress = true): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(content, name, { compress });
  zip.addEmptyDirectory("nothing");
  zip.end();
  return buffer(zip.outputStream);
}

async function tarOf(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  return buffer(tar);
}

async function requireFiles(): Promise<void> {
  expect(lab.keys()).toEqual(
    Object.keys(FILES)
      .map((path) => `out/${path}`)
      .sort(),
  );
  for (const [path, content] of Object.entries(FILES))
    expect(crc32(await lab.s3.read("processed", `out/${path}`))).toBe(crc32(content));
}

test.each([
  ["a deflated zip", () => zipOf(FILES)],
  ["a stored zip", () => zipOf(FILES, false)],
  ["a tar", () => tarOf(FILES)],
  ["a tar.gz", async () => gzipSync(await tarOf(FILES))],
])("unpacks %s: every file, with its type and checksum", async (_name, make) => {
  const { files, foundThere } = await lab.unpack(await make());
  await requireFiles();
  expect(foundThere).toBe(0);
  expect(files.map(({ path, size, contentType }) => ({ path, size, contentType }))).toEqual([
    { path: "a.txt", size: 5, contentType: "text/plain; charset=utf-8" },
    { path: "dir/한글.json", size: 100_006, contentType: "application/json" },
    { path: "empty.bin", size: 0, contentType: "application/octet-stream" },
    { path: "large.bin", size: 18_000_000, contentType: "application/octet-stream" },
  ]);
});

test("goes on where an earlier attempt ended: what is there is neither read nor written again", async () => {
  const archive = await zipOf(FILES);
  await lab.unpack(archive);
  const { foundThere } = await lab.unpack(archive);
  expect(foundThere).toBe(4);
  await requireFiles();
});

test("fails when a key holds other bytes, and replaces them where the settings say so", async () => {
  await lab.unpack(await zipOf({ "a.txt": Buffer.from("other") }));
  const archive = await zipOf(FILES);
  await expect(lab.unpack(archive)).rejects.toThrow(
    'the bucket "processed" holds other bytes under "out/a.txt": 5 bytes with CRC-32 2Vg1IA==, expected 5 bytes with CRC-32 NhCmhg==; nothing was overwritten: start a new attempt of the order, which has keys of its own',
  );
  expect(lab.keys()).toEqual(["out/a.txt"]);
  await lab.unpack(archive, { ifTaken: "overwrite" });
  await requireFiles();
});

test("fails when there are fewer files than expected", async () => {
  await expect(lab.unpack(await zipOf({}), { minFiles: 1 })).rejects.toThrow(
    "the archive can not be unpacked: it holds 0 files, expected at least 1; nothing was published: ask the sender for a correct archive",
  );
});
