/*
 * The CRC of two pieces put together follows from their CRCs and the length of the second: crc(a ++ b) =
 * crc(a) * x^(8 * |b|) + crc(b) in polynomials over GF(2), modulo the CRC's polynomial. That is how S3 gives a multipart
 * upload a checksum of the full object without reading it again.
 */

/** Width and reflected polynomial of the CRCs that can be combined. */
export const CRC_POLYNOMIALS = {
  CRC32: { bits: 32, polynomial: 0xedb88320n },
  CRC32C: { bits: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n },
} as const;

/** Name of a CRC that can be combined. */
export type CrcName = keyof typeof CRC_POLYNOMIALS;

/** A CRC and the number of bytes that it is of. */
export interface CrcPart {
  /** Big-endian bytes of the CRC. */
  readonly digest: Buffer;
  readonly length: number;
}

/** CRC of all parts one after the other. */
export function combineCrcs(name: CrcName, parts: readonly CrcPart[]): Buffer {
  const { bits } = CRC_POLYNOMIALS[name];
  // Parts of an upload are nearly always of one length: its factor is worked out once.
  const factors = new Map<number, bigint>();
  let total = 0n;
  for (const { digest, length } of parts) {
    let factor = factors.get(length);
    if (factor === undefined) factors.set(length, (factor = xToThe(name, BigInt(length) * 8n)));
    total = multiply(name, factor, total) ^ BigInt(`0x${digest.toString("hex")}`);
  }
  return Buffer.from(total.toString(16).padStart(bits / 4, "0"), "hex");
}

/** Product of two reflected polynomials. */
function multiply(name: CrcName, a: bigint, b: bigint): bigint {
  const { bits, polynomial } = CRC_POLYNOMIALS[name];
  let product = 0n;
  let shifted = b;
  for (let mask = 1n << BigInt(bits - 1); mask !== 0n; mask >>= 1n) {
    if ((a & mask) !== 0n) product ^= shifted;
    shifted = (shifted & 1n) === 0n ? shifted >> 1n : (shifted >> 1n) ^ polynomial;
  }
  return product;
}

/** x to a power; in reflected form 1 is the highest bit and x the one below. */
function xToThe(name: CrcName, power: bigint): bigint {
  const one = 1n << BigInt(CRC_POLYNOMIALS[name].bits - 1);
  let result = one;
  let square = one >> 1n;
  for (let rest = power; rest !== 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = multiply(name, result, square);
    square = multiply(name, square, square);
  }
  return result;
}
