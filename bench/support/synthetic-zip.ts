import { crc32 } from "node:zlib";
import type { RangeSource } from "../../images/worker/src/archive/range-source";
import { crc32Combine } from "../../images/worker/src/upload/crc32";

const MIB = 1024 ** 2;
const PATTERN = Buffer.from(Array.from({ length: MIB }, (_, at) => (at * 2654435761) & 0xff));
const LOCAL_BYTES = 30 + 8 + 20;

/** A zip of stored files that is nowhere as a whole: its bytes are made when they are read. */
export function syntheticZip(files: number, mib: number): RangeSource {
  const each = LOCAL_BYTES + mib * MIB;
  let crc = crc32(PATTERN);
  // The sum of the pattern again and again, doubled where it can be.
  let [sum, length] = [0, 0];
  for (let left = mib, bytes = MIB; left > 0; left = Math.floor(left / 2), bytes *= 2) {
    if (left % 2 === 1) {
      sum = length === 0 ? crc : crc32Combine(sum, crc, bytes);
      length += bytes;
    }
    crc = crc32Combine(crc, crc, bytes);
  }
  const at = files * each;
  const headers = Array.from({ length: files }, (_, index) =>
    header(index, mib * MIB, sum, index * each),
  );
  const directory = Buffer.concat(headers);
  const end = Buffer.concat([directory, endOf(files, at, directory.length)]);
  return {
    size: at + end.length,
    read: (offset, into) => {
      for (let done = 0; done < into.length;) done += piece(offset + done, into, done);
      return Promise.resolve();
    },
  };

  function piece(offset: number, into: Buffer, done: number): number {
    if (offset >= at) return end.copy(into, done, offset - at);
    const index = Math.floor(offset / each);
    const inside = offset - index * each;
    if (inside < LOCAL_BYTES) return local(index, mib * MIB, sum).copy(into, done, inside);
    const left = each - inside;
    const from = (inside - LOCAL_BYTES) % MIB;
    return PATTERN.copy(into, done, from, Math.min(MIB, from + left));
  }
}

const nameOf = (index: number): Buffer => Buffer.from(`${String(index).padStart(4, "0")}.bin`);

function common(sum: number, extraBytes: number): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(45, 0);
  bytes.writeUInt16LE(0x21, 8);
  bytes.writeUInt32LE(sum, 10);
  bytes.writeUInt32LE(0xffffffff, 14);
  bytes.writeUInt32LE(0xffffffff, 18);
  bytes.writeUInt16LE(8, 22);
  bytes.writeUInt16LE(extraBytes, 24);
  return bytes;
}

function long(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 8 * values.length);
  bytes.writeUInt16LE(1, 0);
  bytes.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 4 + 8 * index));
  return bytes;
}

function local(index: number, size: number, sum: number): Buffer {
  const begin = Buffer.from("504b0304", "hex");
  return Buffer.concat([begin, common(sum, 20), nameOf(index), long(size, size)]);
}

function header(index: number, size: number, sum: number, at: number): Buffer {
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(0xffffffff, 10);
  const begin = Buffer.from("504b01022d00", "hex");
  return Buffer.concat([begin, common(sum, 28), tail, nameOf(index), long(size, size, at)]);
}

function endOf(files: number, at: number, bytes: number): Buffer {
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  [44, 0, 0, files, files, bytes, at].forEach((value, index) => {
    if (index !== 1 && index !== 2)
      end64.writeBigUInt64LE(BigInt(value), index === 0 ? 4 : index * 8);
  });
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at + bytes), 8);
  locator.writeUInt32LE(1, 16);
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  last.fill(0xff, 8, 20);
  return Buffer.concat([end64, locator, last]);
}
