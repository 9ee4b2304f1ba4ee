import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";

/** A zip to unpack. */
export interface ZipWorkload {
  readonly name: string;
  readonly files: number;
  /** Bytes of each file when unpacked. */
  readonly bytes: number;
}

const BLOCK_BYTES = 1024 * 1024;
const BLOCKS = 16;

/** JSON lines that pack to less than half, as real ones do; other numbers for each file. */
function lines(seed: number, bytes: number): Buffer {
  let state = seed + 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  const rows: string[] = [];
  for (let size = 0; size < bytes;) {
    const row = `{"id":${String(next())},"user":"u${String(next() % 99999)}","score":${String(next() / 2 ** 32)},"tag":"${next().toString(36)}"}\n`;
    rows.push(row);
    size += row.length;
  }
  return Buffer.from(rows.join("").slice(0, bytes));
}

/** Writes a zip of such files. */
export async function writeZip(file: string, { files, bytes }: ZipWorkload): Promise<void> {
  const zip = new ZipFile();
  // A few blocks again and again: deflate does not look back so far, and making them takes longer than packing.
  const blocks = Array.from({ length: BLOCKS }, (_, seed) =>
    lines(seed, Math.min(bytes, BLOCK_BYTES)),
  );
  for (let index = 0; index < files; index += 1) {
    const count = Math.ceil(bytes / BLOCK_BYTES);
    const content = Array.from(
      { length: count },
      (_, part) => blocks[(index + part) % BLOCKS] ?? Buffer.alloc(0),
    );
    // As a stream: a buffer of 1 GiB is more than yazl takes.
    zip.addReadStream(Readable.from(content), `d${String(index % 10)}/f${String(index)}.jsonl`, {
      compressionLevel: 6,
    });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}
