import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  fileKey,
  manifestKey,
  type Manifest,
  type StagedArchive,
  type UnpackSettings,
} from "../../../modules/contract";
import { LANDING, startTestS3, type TestS3 } from "../support/test-s3";
import { FETCH, TestRun, WorkerBench, type EndedStep } from "../support/worker-process";
import { buildZip } from "./archive/zip-builder";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});
let s3: TestS3;
let run: TestRun;
beforeEach(async () => {
  s3 = await startTestS3();
  run = new TestRun(bench, s3);
  run.program("");
});
afterEach(() => s3.close());

const unpack = (staged: Partial<StagedArchive> = {}): UnpackSettings => ({
  kind: "unpack",
  bucket: LANDING,
  prefix: "in/",
  files: "",
  ifTaken: "fail",
  nameEncoding: "auto",
  caseInsensitive: false,
  minFiles: 1,
  verifyFirst: false,
  maxEntries: 10,
  maxEntryBytes: 10_000_000,
  maxTotalBytes: 10_000_000,
  maxRatio: 100,
  staged: { file: "*.zip", checksumFiles: [], ...staged },
});

const ZIP = buildZip([
  { name: "album/1.flac", content: Buffer.from("one") },
  { name: "album/2.flac", content: Buffer.alloc(300_000, 7), method: 8 },
]);

/** What the partner's program left, and the step after it. */
async function fetched(
  files: Readonly<Record<string, Buffer | string>>,
  settings = unpack(),
): Promise<EndedStep> {
  for (const [name, content] of Object.entries(files)) {
    const file = join(run.files, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  mkdirSync(run.files, { recursive: true });
  expect((await run.run(FETCH)).outcome).toBe("ok");
  return run.run(settings);
}

const md5 = (content: Buffer): string => createHash("md5").update(content).digest("hex");
const delivered = (): readonly string[] =>
  s3.keys(LANDING).filter((key) => key.startsWith(`${run.prefix}files/`));

test("the archive that the program left is unpacked, and staging is emptied", async () => {
  const ended = await fetched(
    { "sub/album.zip": ZIP, "sub/album.zip.md5": `${md5(ZIP)}  album.zip\n` },
    unpack({ checksumFiles: ["*.md5"] }),
  );
  expect(ended.report).toMatchObject({
    outcome: "ok",
    counts: { files: 2, bytes: 300_003, checksumsCompared: 1, foundThere: 0 },
  });
  expect(await s3.text(LANDING, fileKey("in/", run.ref, "album/1.flac"))).toBe("one");
  expect(await s3.read(LANDING, fileKey("in/", run.ref, "album/2.flac"))).toEqual(
    Buffer.alloc(300_000, 7),
  );
  const manifest = JSON.parse(await s3.text(LANDING, manifestKey("in/", run.ref))) as Manifest;
  expect(manifest.source).toEqual({ kind: "manual", orderId: "ORDER-1" });
  expect(existsSync(run.files)).toBe(false);
  // Once more, without anything in staging: the manifest is enough.
  expect((await run.run(unpack())).report?.counts).toMatchObject({ files: 2, publishedBefore: 1 });
});

test("a gz is one file with the archive's name", async () => {
  const ended = await fetched(
    { "feed.tsv.gz": gzipSync(Buffer.from("a\tb\n")) },
    unpack({ file: "*.gz" }),
  );
  expect(ended.outcome).toBe("ok");
  expect(await s3.text(LANDING, fileKey("in/", run.ref, "feed.tsv"))).toBe("a\tb\n");
});

test.each<[string, Readonly<Record<string, Buffer | string>>, Partial<StagedArchive>, string]>([
  [
    "none",
    { "album.rar": "x" },
    {},
    'the program left 0 files that match "*.zip", expected the one archive to unpack; it left "album.rar"',
  ],
  [
    "several",
    { "a.zip": ZIP, "b.zip": ZIP },
    {},
    'the program left 2 files that match "*.zip", expected the one archive to unpack; they are "a.zip"; "b.zip"',
  ],
  [
    "one that is cut off",
    { "a.zip": ZIP.subarray(0, 200) },
    {},
    "the archive can not be unpacked: ",
  ],
  [
    "one that does not agree with its checksum",
    { "a.zip": ZIP, "a.zip.md5": `${md5(Buffer.from("x"))}  a.zip\n` },
    { checksumFiles: ["*.md5"] },
    `"a.zip" has md5 ${md5(ZIP)}, expected ${md5(Buffer.from("x"))}; nothing was published`,
  ],
])(
  "of archives there is %s: nothing is delivered, staging stays",
  async (_, files, staged, message) => {
    const ended = await fetched(files, unpack(staged));
    expect(ended.outcome).toBe("badDelivery");
    expect(ended.report?.message).toContain(message);
    expect(delivered()).toEqual([]);
    expect(existsSync(run.files)).toBe(true);
  },
);

test("what a fetch that was broken off left is not unpacked", async () => {
  mkdirSync(run.files, { recursive: true });
  writeFileSync(join(run.files, "album.zip"), ZIP);
  const ended = await run.run(unpack());
  expect(ended.outcome).toBe("badDelivery");
  expect(ended.report?.message).toMatch(
    /^the fetch did not come to its end: there is no ".*"; run the fetch again first$/u,
  );
});
