import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { CRC_POLYNOMIALS, type CrcName } from "./combine";
import { crc32c } from "./crc32c";
import { Crc64Nvme } from "./crc64nvme";

/** Length of the checksums that S3 takes, in bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
export const CHECKSUM_BYTES = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 } as const;

/** Name of a checksum algorithm. */
export type ChecksumAlgorithm = keyof typeof CHECKSUM_BYTES;

/** All algorithms, in S3's order. */
export const CHECKSUM_ALGORITHMS = Object.keys(CHECKSUM_BYTES) as ChecksumAlgorithm[];

/** `FULL_OBJECT`: of all bytes; `COMPOSITE`: of the checksums of the parts. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** A checksum of an object or part. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64; with `-<number of parts>` for a composite one. */
  readonly value: string;
}

/** A checksum that is worked out while data passes. */
export interface RunningChecksum {
  update(data: Uint8Array): void;
  /** Big-endian bytes. Called once. */
  digest(): Buffer;
}

/** Starts a checksum. */
export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "CRC32":
      return new Crc32Running(crc32);
    case "CRC32C":
      return new Crc32Running(crc32c);
    case "CRC64NVME":
      return new Crc64Nvme();
    case "SHA1":
    case "SHA256":
      return createHash(algorithm.toLowerCase());
  }
}

class Crc32Running implements RunningChecksum {
  #value = 0;
  constructor(private readonly continued: (data: Uint8Array, value: number) => number) {}

  update(data: Uint8Array): void {
    this.#value = this.continued(data, this.#value);
  }

  digest(): Buffer {
    const out = Buffer.allocUnsafe(4);
    out.writeUInt32BE(this.#value, 0);
    return out;
  }
}

/** Name of the header, and in lower case of the trailer, that carries a checksum. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** Name of the XML element that carries a checksum. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/** Finds an algorithm by its name in any case. */
export function algorithmNamed(name: string): ChecksumAlgorithm | undefined {
  const upper = name.toUpperCase();
  return CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === upper);
}

/** Whether the checksum of a whole can be worked out from those of its parts. */
export function combinable(algorithm: ChecksumAlgorithm): algorithm is CrcName {
  return algorithm in CRC_POLYNOMIALS;
}

/** Decodes a base64 checksum; `undefined` unless it is exactly one of the algorithm's length. */
export function decodeChecksum(algorithm: ChecksumAlgorithm, value: string): Buffer | undefined {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === CHECKSUM_BYTES[algorithm] && bytes.toString("base64") === value
    ? bytes
    : undefined;
}
