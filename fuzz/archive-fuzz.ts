import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { ZipFile } from "yazl";
import type { Archive } from "../images/worker/src/archive/archive";
import { openArchive } from "../images/worker/src/archive/open-archive";
import type { RangeSource } from "../images/worker/src/archive/range-source";
import { StepError } from "../images/worker/src/step/step-error";
import { entrySink } from "../images/worker/src/unpack/entry-sink";

/** What became of damaged archives. */
export interface FuzzResult {
  readonly runs: number;
  readonly refused: number;
  /** Archives that were unpacked although bytes were changed: what was changed does not matter to their content. */
  readonly unpacked: number;
  /** What must not be: another error than a refusal, a wrong byte, a path that leads elsewhere, a hang. */
  readonly failures: readonly string[];
}

const HANG_MS = 20_000;
const MAX_BYTES = 1024 * 1024;

/** Numbers that look random and are the same for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** Values that lie at the limits of fields. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Changes a few bytes, cuts, doubles or swaps pieces. */
export function damage(original: Buffer, seed: number): Buffer {
  const random = numbers(seed);
  let bytes = Buffer.from(original);
  for (let change = 0; change <= random(4); change += 1) {
    const at = random(Math.max(1, bytes.length - 4));
    // Half of the changes hit the end, where the lists of a zip are.
    const place = random(2) === 0 ? Math.max(0, bytes.length - 5 - random(200)) : at;
    switch (random(7)) {
      case 0:
        bytes[place] = random(256);
        break;
      case 1:
        bytes.writeUInt32LE(EDGES[random(EDGES.length)] ?? 0, Math.min(place, bytes.length - 4));
        break;
      case 2:
        bytes.writeUInt16LE(
          (EDGES[random(EDGES.length)] ?? 0) & 0xffff,
          Math.min(place, bytes.length - 2),
        );
        break;
      case 3:
        bytes = bytes.subarray(0, Math.max(8, place));
        break;
      case 4:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(place),
          bytes.subarray(0, at),
        ]);
        break;
      case 5:
        bytes[place] = (bytes[place] ?? 0) ^ (1 << random(8));
        break;
      default:
        bytes.copy(bytes, place, at, Math.min(bytes.length, at + random(64)));
    }
    if (bytes.length > MAX_BYTES) bytes = bytes.subarray(0, MAX_BYTES);
    if (bytes.length < 8) return bytes;
  }
  return bytes;
}

/** Archives that are good, of every kind. */
export async function seedArchives(): Promise<readonly Buffer[]> {
  const zip = async (forceZip64: boolean): Promise<Buffer> => {
    const file = new ZipFile();
    file.addBuffer(Buffer.from("hello ".repeat(50)), "a.txt", { forceZip64Format: forceZip64 });
    file.addBuffer(deflateRawSync(Buffer.alloc(3000, "x")), "dir/b.bin", { compress: false });
    file.addBuffer(Buffer.alloc(20_000, "y"), "dir/한글.json");
    file.addEmptyDirectory("empty");
    file.end({ forceZip64Format: forceZip64, comment: "" });
    return collect(file.outputStream);
  };
  const tar = pack();
  tar.entry({ name: "a.txt" }, "hello");
  tar.entry({ name: `${"long/".repeat(40)}b.txt` }, Buffer.alloc(3000, "z"));
  tar.finalize();
  const packed = await collect(tar);
  return [await zip(false), await zip(true), packed, gzipSync(packed)];
}

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece as Buffer));
  return Buffer.concat(pieces);
}

/** Unpacks damaged archives and tells what must not be. */
export async function fuzzArchives(
  runs: number,
  seed: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<FuzzResult> {
  const seeds = await seedArchives();
  const failures: string[] = [];
  let refused = 0;
  let unpacked = 0;
  for (let run = 0; run < runs; run += 1) {
    const bytes = damage(seeds[run % seeds.length] ?? Buffer.alloc(0), seed + run);
    const ended = await withLimit(attempt(bytes));
    if (ended === "refused") refused += 1;
    else if (ended === "unpacked") unpacked += 1;
    else
      failures.push(`seed ${String(seed + run)} of kind ${String(run % seeds.length)}: ${ended}`);
    onProgress(run + 1);
  }
  return { runs, refused, unpacked, failures };
}

async function withLimit(work: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve("hangs");
    }, HANG_MS);
  });
  return Promise.race([work, hang]).finally(() => {
    clearTimeout(timer);
  });
}

async function attempt(bytes: Buffer): Promise<string> {
  const faults: string[] = [];
  const done = new Set<string>();
  try {
    const archive = await openArchive(memorySource(bytes), {
      limits: { maxEntries: 1000, maxEntryBytes: 64e6, maxTotalBytes: 128e6, maxRatio: 200 },
      keyOf: (path) => `out/${path}`,
      caseInsensitive: false,
      nameEncoding: "auto",
    });
    await unpackAll(archive, done, faults);
    if (done.size !== archive.entries.length) faults.push("entries were left out");
  } catch (error) {
    if (faults.length > 0) return faults.join("; ");
    if (error instanceof StepError && error.outcome === "badDelivery") return "refused";
    return `ends with ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  return faults.length > 0 ? faults.join("; ") : "unpacked";
}

async function unpackAll(archive: Archive, done: Set<string>, faults: string[]): Promise<void> {
  for (const { path } of archive.entries)
    if (/(?:^|\/)\.{0,2}(?:\/|$)|\\|\p{Cc}/u.test(path))
      faults.push(`leads to ${JSON.stringify(path)}`);
  await archive.unpack(
    () => true,
    entrySink({
      whole: (entry, content) => {
        if (content.length !== entry.size || crc32(content) !== entry.crc)
          faults.push("wrong bytes");
        done.add(entry.path);
        return Promise.resolve();
      },
      stream: async (entry, pieces) => {
        let crc = 0;
        for await (const piece of pieces) crc = crc32(piece, crc);
        if (crc !== entry.crc) faults.push("wrong bytes");
        done.add(entry.path);
      },
      abort: () => undefined,
    }),
  );
}

/** Bytes in memory as a source; a read beyond the end is a fault of the reader. */
export function memorySource(bytes: Buffer): RangeSource {
  return {
    size: bytes.length,
    read: (offset, into) => {
      if (offset < 0 || offset + into.length > bytes.length)
        return Promise.reject(
          new RangeError(`read of ${String(into.length)} bytes at ${String(offset)}`),
        );
      bytes.copy(into, 0, offset, offset + into.length);
      return Promise.resolve();
    },
  };
}
