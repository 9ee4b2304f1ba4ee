import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { buffer } from "node:stream/consumers";
import { crc32 } from "node:zlib";
import { fromBuffer } from "yauzl";
import { ZipFile } from "yazl";
import { openArchive } from "../../images/worker/src/archive/open-archive";
import { entrySink } from "../../images/worker/src/unpack/entry-sink";
import { buildZip } from "../images/worker/archive/zip-builder";
import { LIMITS } from "../images/worker/unpack/support";

/** What a reader finds: CRC-32 of the content it read, by name. */
type Found = Readonly<Record<string, number>>;

const directory = mkdtempSync(join(tmpdir(), "agreement-"));
const file = join(directory, "archive.zip");
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const sorted = (found: readonly (readonly [string, number])[]): Found =>
  Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));

async function own(archive: Buffer): Promise<Found> {
  const found: [string, number][] = [];
  const source = {
    size: archive.length,
    read: (offset: number, into: Buffer): Promise<void> => {
      archive.copy(into, 0, offset);
      return Promise.resolve();
    },
  };
  const opened = await openArchive(source, {
    limits: LIMITS,
    keyOf: (path) => path,
    caseInsensitive: false,
    nameEncoding: "cp437",
  });
  const sink = entrySink({
    whole: ({ path }, content) => {
      found.push([path, crc32(content)]);
      return Promise.resolve();
    },
    stream: async ({ path }, pieces) => {
      let crc = 0;
      for await (const piece of pieces) crc = crc32(piece, crc);
      found.push([path, crc]);
    },
    abort: () => undefined,
  });
  await opened.unpack(() => true, sink);
  return sorted(found);
}

async function yauzl(archive: Buffer): Promise<Found> {
  const found: [string, number][] = [];
  await new Promise<void>((resolve, reject) => {
    fromBuffer(archive, { lazyEntries: true }, (error, zip) => {
      if (error !== null) {
        reject(error);
        return;
      }
      zip.on("error", reject);
      zip.on("end", resolve);
      zip.on("entry", (entry: { readonly fileName: string }) => {
        if (entry.fileName.endsWith("/")) {
          zip.readEntry();
          return;
        }
        zip.openReadStream(entry as never, (fault, stream) => {
          if (fault !== null) {
            reject(fault);
            return;
          }
          buffer(stream).then((content) => {
            found.push([entry.fileName, crc32(content)]);
            zip.readEntry();
          }, reject);
        });
      });
      zip.readEntry();
    });
  });
  return sorted(found);
}

const PYTHON = `
import json, sys, zipfile, zlib
z = zipfile.ZipFile(sys.argv[1])
print(json.dumps([[n.filename, zlib.crc32(z.read(n))] for n in z.infolist() if not n.is_dir()]))
`;

const python = (): Found =>
  sorted(
    JSON.parse(execFileSync("python3", ["-c", PYTHON, file], { encoding: "utf8" })) as [
      string,
      number,
    ][],
  );

/** libarchive's own reader; it takes entries out to files. */
function bsdtar(): Found {
  const out = mkdtempSync(join(directory, "bsdtar-"));
  execFileSync("bsdtar", ["-x", "-f", file, "-C", out, "--options", "zip:hdrcharset=CP437"], {
    env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8" },
  });
  return sorted(
    readdirSync(out, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [relative(out, path), crc32(readFileSync(path))] as const;
      }),
  );
}

/** A zip as Python writes it: `seekable` says whether sizes are known before the content is written. */
function pythonZip(seekable: boolean): Buffer {
  const script = `
import sys, zipfile
class Pipe:
    def __init__(self, f): self.f = f
    def write(self, b): return self.f.write(b)
    def flush(self): self.f.flush()
out = open(sys.argv[1], "wb")
z = zipfile.ZipFile(out if sys.argv[2] == "1" else Pipe(out), "w", zipfile.ZIP_DEFLATED)
for i in range(50):
    with z.open(zipfile.ZipInfo("dir %d/datei ä %d.txt" % (i % 5, i)), "w", force_zip64=i % 2 == 0) as f:
        f.write(b"line %d\\n" % i * 5000)
z.writestr("empty", b"")
z.close()
`;
  const made = join(directory, "made.zip");
  execFileSync("python3", ["-c", script, made, seekable ? "1" : "0"]);
  return readFileSync(made);
}

async function yazlZip(compress: boolean): Promise<Buffer> {
  const zip = new ZipFile();
  for (let index = 0; index < 200; index += 1)
    zip.addBuffer(
      Buffer.alloc(index * 211, String(index)),
      `d${String(index % 7)}/${String(index)}.txt`,
      {
        compress,
        forceZip64Format: index % 3 === 0,
      },
    );
  zip.addBuffer(Buffer.alloc(9_000_000, "0123456789abcdef"), "large.bin", { compress });
  zip.addEmptyDirectory("nothing");
  zip.end({ forceZip64Format: true, comment: "" });
  return buffer(zip.outputStream);
}

test.each([
  ["deflated, some zip64", () => yazlZip(true)],
  ["stored, some zip64", () => yazlZip(false)],
  ["written by Python", () => Promise.resolve(pythonZip(true))],
  [
    "written by Python to a pipe, sizes behind the content",
    () => Promise.resolve(pythonZip(false)),
  ],
  ["names in CP437", () => Promise.resolve(buildZip([{ name: Buffer.from([0x84, 0x94, 0x81]) }]))],
  ["nothing in it", () => Promise.resolve(buildZip([]))],
  [
    "a comment and padding in extra fields",
    () =>
      Promise.resolve(
        buildZip([{ name: "a", extra: Buffer.alloc(3), localExtra: Buffer.alloc(3) }], {
          comment: Buffer.from("a comment"),
        }),
      ),
  ],
])(
  "the worker, yauzl, Python's zipfile and bsdtar read the same from a zip: %s",
  async (_name, make) => {
    const archive = await make();
    writeFileSync(file, archive);
    const mine = await own(archive);
    expect(await yauzl(archive)).toEqual(mine);
    expect(python()).toEqual(mine);
    expect(bsdtar()).toEqual(mine);
  },
);
