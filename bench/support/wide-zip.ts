import { closeSync, openSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

const CONTENT = Buffer.from("{}\n");
const FLUSH_BYTES = 4 * 1024 * 1024;

/** Writes a zip of very many small stored files, each with its sizes and place in a zip64 field. */
export function writeWideZip(file: string, entries: number): void {
  const output = openSync(file, "w");
  let held: Buffer[] = [];
  let heldBytes = 0;
  let offset = 0;
  const write = (...pieces: readonly Buffer[]): void => {
    held.push(...pieces);
    for (const { length } of pieces) {
      heldBytes += length;
      offset += length;
    }
    if (heldBytes > FLUSH_BYTES) flush();
  };
  const flush = (): void => {
    writeSync(output, Buffer.concat(held));
    held = [];
    heldBytes = 0;
  };
  const places: number[] = [];
  for (let index = 0; index < entries; index += 1) {
    places.push(offset);
    const name = nameOf(index);
    write(Buffer.from("504b0304", "hex"), common(name, 20), name, sizes(), CONTENT);
  }
  const directoryAt = offset;
  places.forEach((place, index) => {
    const name = nameOf(index);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(0xffffffff, 10);
    const at = Buffer.alloc(8);
    at.writeBigUInt64LE(BigInt(place));
    const header = Buffer.from("504b01022d00", "hex");
    write(header, common(name, 28), tail, name, sizes(8), at);
  });
  write(...end(entries, directoryAt, offset - directoryAt, offset));
  flush();
  closeSync(output);
}

/** Name of a file of such a zip. */
export function nameOf(index: number): Buffer {
  return Buffer.from(`day-${String(index % 1000).padStart(3, "0")}/${String(index)}.json`);
}

/** What both headers of an entry have in common: version, flags, method, time, sum, sizes, lengths. */
function common(name: Buffer, extraBytes: number): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(45, 0);
  bytes.writeUInt16LE(0x0800, 2);
  bytes.writeUInt16LE(0x21, 8);
  bytes.writeUInt32LE(crc32(CONTENT), 10);
  bytes.writeUInt32LE(0xffffffff, 14);
  bytes.writeUInt32LE(0xffffffff, 18);
  bytes.writeUInt16LE(name.length, 22);
  bytes.writeUInt16LE(extraBytes, 24);
  return bytes;
}

/** The zip64 field with both sizes; `more` bytes of it are written by the caller. */
function sizes(more = 0): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16LE(1, 0);
  bytes.writeUInt16LE(16 + more, 2);
  bytes.writeBigUInt64LE(BigInt(CONTENT.length), 4);
  bytes.writeBigUInt64LE(BigInt(CONTENT.length), 12);
  return bytes;
}

function end(entries: number, directoryAt: number, bytes: number, at: number): Buffer[] {
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(45, 12);
  end64.writeUInt16LE(45, 14);
  end64.writeBigUInt64LE(BigInt(entries), 24);
  end64.writeBigUInt64LE(BigInt(entries), 32);
  end64.writeBigUInt64LE(BigInt(bytes), 40);
  end64.writeBigUInt64LE(BigInt(directoryAt), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at), 8);
  locator.writeUInt32LE(1, 16);
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  last.fill(0xff, 8, 20);
  return [end64, locator, last];
}
