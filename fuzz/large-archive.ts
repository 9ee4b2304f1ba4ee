import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { openArchive } from "../images/worker/src/archive/open-archive";
import type { RangeSource } from "../images/worker/src/archive/range-source";
import { entrySink } from "../images/worker/src/unpack/entry-sink";

/** What reading an archive of very many entries came to. */
export interface LargeResult {
  readonly entries: number;
  readonly archiveBytes: number;
  /** Reading and checking the directory, and everything that can be told before the first write. */
  readonly openSeconds: number;
  /** Entries whose content came out with the checksum and size that the directory tells. */
  readonly good: number;
  readonly unpackSeconds: number;
  /** Of the whole process, the making of the archive included. */
  readonly peakMib: number;
  /** What the same archive is answered with its last name taken twice, and with fewer entries allowed. */
  readonly refusals: readonly string[];
}

const CONTENT = Buffer.from("one of many\n");
const CRC = crc32(CONTENT);
/** Entries that are made at a time. */
const BATCH = 10_000;

const nameOf = (index: number): string => `d${String(index % 1000)}/${String(index)}.txt`;

/** Makes an archive of so many entries in a file, reads it, and reads it again with faults that must be refused. */
export async function readLargeArchive(entries: number): Promise<LargeResult> {
  const directory = mkdtempSync(join(tmpdir(), "large-archive-"));
  try {
    const file = join(directory, "many.zip");
    await writeArchive(file, entries, nameOf);
    const twice = join(directory, "twice.zip");
    await writeArchive(twice, entries, (index) => nameOf(index === entries - 1 ? 0 : index));
    const began = performance.now();
    const first = await read(file, entries);
    const refusals = [await refusal(twice, entries), await refusal(file, entries - 1)];
    return {
      entries,
      ...first,
      openSeconds: seconds(first.opened - began),
      unpackSeconds: seconds(first.ended - first.opened),
      peakMib: Math.round(process.resourceUsage().maxRSS / 1024),
      refusals,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const seconds = (milliseconds: number): number => Math.round(milliseconds / 100) / 10;

async function read(
  file: string,
  maxEntries: number,
): Promise<{ archiveBytes: number; good: number; opened: number; ended: number }> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const source: RangeSource = {
      size,
      read: async (offset, into) => {
        const { bytesRead } = await handle.read(into, 0, into.length, offset);
        if (bytesRead !== into.length) throw new RangeError("read beyond the end");
      },
    };
    const archive = await openArchive(source, {
      limits: { maxEntries, maxEntryBytes: 1e9, maxTotalBytes: 1e12, maxRatio: 200 },
      keyOf: (path) => `out/${path}`,
      caseInsensitive: false,
      nameEncoding: "auto",
    });
    const opened = performance.now();
    let good = 0;
    await archive.unpack(
      () => true,
      entrySink({
        whole: (entry, content) => {
          if (content.length === entry.size && crc32(content) === entry.crc) good += 1;
          return Promise.resolve();
        },
        stream: ({ path }) => Promise.reject(new Error(`${path} is small and must come whole`)),
        abort: () => undefined,
      }),
    );
    return { archiveBytes: size, good, opened, ended: performance.now() };
  } finally {
    await handle.close();
  }
}

async function refusal(file: string, maxEntries: number): Promise<string> {
  try {
    await read(file, maxEntries);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Writes a zip of stored entries, with a zip64 end, piece by piece. */
async function writeArchive(
  file: string,
  entries: number,
  name: (index: number) => string,
): Promise<void> {
  const out = createWriteStream(file);
  const write = async (piece: Buffer): Promise<void> => {
    if (!out.write(piece)) await once(out, "drain");
  };
  let at = 0;
  const headers: Buffer[] = [];
  for (let from = 0; from < entries; from += BATCH) {
    const bodies: Buffer[] = [];
    const batch: Buffer[] = [];
    for (let index = from; index < Math.min(entries, from + BATCH); index += 1) {
      const bytes = Buffer.from(name(index));
      const body = Buffer.concat([localHeader(bytes), bytes, CONTENT]);
      bodies.push(body);
      batch.push(centralHeader(bytes, at), bytes);
      at += body.length;
    }
    await write(Buffer.concat(bodies));
    headers.push(Buffer.concat(batch));
  }
  for (const piece of headers) await write(piece);
  const size = headers.reduce((sum, { length }) => sum + length, 0);
  await write(ends(entries, size, at));
  out.end();
  await once(out, "close");
}

function facts(header: Buffer, at: number, name: Buffer): Buffer {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(0x21, at + 8);
  header.writeUInt32LE(CRC, at + 10);
  header.writeUInt32LE(CONTENT.length, at + 14);
  header.writeUInt32LE(CONTENT.length, at + 18);
  header.writeUInt16LE(name.length, at + 22);
  return header;
}

function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  return facts(header, 4, name);
}

function centralHeader(name: Buffer, offset: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(0x0314, 4);
  header.writeUInt32LE((0o100644 << 16) >>> 0, 38);
  header.writeUInt32LE(offset, 42);
  return facts(header, 6, name);
}

/** Zip64 end record, its locator, and the end record that sends readers to them. */
function ends(entries: number, size: number, offset: number): Buffer {
  const bytes = Buffer.alloc(56 + 20 + 22);
  bytes.writeUInt32LE(0x06064b50, 0);
  bytes.writeBigUInt64LE(44n, 4);
  bytes.writeUInt16LE(45, 12);
  bytes.writeUInt16LE(45, 14);
  for (const [index, value] of [entries, entries, size, offset].entries())
    bytes.writeBigUInt64LE(BigInt(value), 24 + 8 * index);
  bytes.writeUInt32LE(0x07064b50, 56);
  bytes.writeBigUInt64LE(BigInt(offset + size), 64);
  bytes.writeUInt32LE(1, 72);
  bytes.writeUInt32LE(0x06054b50, 76);
  bytes.writeUInt16LE(0xffff, 84);
  bytes.writeUInt16LE(0xffff, 86);
  bytes.writeUInt32LE(0xffffffff, 88);
  bytes.writeUInt32LE(0xffffffff, 92);
  return bytes;
}
