import { crc32 } from "node:zlib";

const POLYNOMIAL = 0xedb88320;

/** CRC-32 of further bytes; start with 0. */
export function crc32Of(bytes: Uint8Array, before = 0): number {
  return crc32(bytes, before);
}

/** A CRC-32 as S3 writes it: base64 of 4 bytes, big-endian. */
export function crc32Text(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return bytes.toString("base64");
}

/**
 * CRC-32 of two pieces that follow one another, from the CRC-32 of each: so that the checksum of a whole object falls
 * out of the checksums of its parts. Appending n zero bytes to a message is a linear map of its CRC; the map for n
 * bytes is put together from those for powers of two.
 *
 * @param secondBytes - length of the second piece
 */
export function crc32Combine(first: number, second: number, secondBytes: number): number {
  let power = zeroByteMap();
  let crc = first >>> 0;
  for (let left = secondBytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) crc = apply(power, crc);
    power = square(power);
  }
  return (crc ^ second) >>> 0;
}

/** A linear map of 32 bits: what each single bit becomes. */
type BitMap = readonly number[];

function zeroByteMap(): BitMap {
  const zeroBit = [POLYNOMIAL, ...Array.from({ length: 31 }, (_, bit) => 2 ** bit)];
  return square(square(square(zeroBit)));
}

function apply(map: BitMap, value: number): number {
  let sum = 0;
  for (let bit = 0, rest = value >>> 0; rest !== 0; bit += 1, rest >>>= 1)
    if (rest & 1) sum ^= map[bit] ?? 0;
  return sum >>> 0;
}

function square(map: BitMap): BitMap {
  return map.map((value) => apply(map, value));
}
