import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";

/** A zip to unpack. */
export interface ZipWorkload {
  readonly name: string;
  readonly files: number;
  /** Bytes of each file when unpacked. */
  readonly bytes: number;
}

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
  const piece = 1024 * 1024;
  for (let index = 0; index < files; index += 1) {
    const content =
      bytes <= piece
        ? lines(index, bytes)
        : Buffer.concat(
            Array.from({ length: Math.ceil(bytes / piece) }, (_, part) =>
              lines(part, Math.min(piece, bytes - part * piece)),
            ),
          );
    zip.addBuffer(content, `d${String(index % 10)}/f${String(index)}.jsonl`, {
      compressionLevel: 6,
    });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}
