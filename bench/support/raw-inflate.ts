import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { createInflateRaw, inflateRawSync } from "node:zlib";

const CHUNK_BYTES = 1024 * 1024;
const WHOLE_BYTES = 64 * CHUNK_BYTES;
const END_BYTES = 22;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;

/** The floor of unpacking: inflates the entries of a zip, and does nothing with them. `node raw-inflate.js <zip>` */
async function main([file = ""]: readonly string[]): Promise<void> {
  const zip = readFileSync(file);
  // Made by the benchmark: no comment at its end, and no zip64.
  const end = zip.length - END_BYTES;
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const packed = zip.readUInt32LE(at + 20);
    const size = zip.readUInt32LE(at + 24);
    const header = zip.readUInt32LE(at + 42);
    const begin =
      header + LOCAL_HEADER_BYTES + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const content = zip.subarray(begin, begin + packed);
    const found =
      size <= WHOLE_BYTES
        ? inflateRawSync(content, { maxOutputLength: size }).length
        : await inflateLong(content);
    if (found !== size) throw new Error(`${String(found)} bytes instead of ${String(size)}`);
    at +=
      DIRECTORY_ENTRY_BYTES +
      zip.readUInt16LE(at + 28) +
      zip.readUInt16LE(at + 30) +
      zip.readUInt16LE(at + 32);
  }
}

async function inflateLong(content: Buffer): Promise<number> {
  let size = 0;
  const inflated = Readable.from([content]).pipe(createInflateRaw({ chunkSize: CHUNK_BYTES }));
  for await (const piece of inflated) size += (piece as Buffer).length;
  return size;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
