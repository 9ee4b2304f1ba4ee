const MIB = 1024 * 1024;

/** S3's limit on the parts of an upload. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_PARTS = 10_000;

/** Objects up to this size are sent whole. */
export const PART_BYTES = 8 * MIB;

/** Parts up to this size are held in memory while they are sent; longer ones are read from the file twice. */
export const MAX_BUFFER_BYTES = 32 * MIB;

/** Above this size parts are larger, for fewer requests. */
const LARGE_OBJECT = 64 * 1024 * MIB;

/** One part of an upload. */
export interface Part {
  /** Counted from 1. */
  readonly number: number;
  readonly offset: number;
  readonly size: number;
}

/** The part size for an object: all parts but the last have it. */
export function partSize(objectSize: number): number {
  const least = objectSize > LARGE_OBJECT ? 2 * PART_BYTES : PART_BYTES;
  const needed = Math.ceil(Math.ceil(objectSize / MAX_PARTS) / MIB) * MIB;
  return Math.max(least, needed);
}

/**
 * The part size to go on with in an upload that was begun: that of its parts, where the object can be cut so. A later
 * release of the worker may cut otherwise, and would find no part equal.
 */
export function keptPartSize(
  objectSize: number,
  parts: ReadonlyMap<number, { readonly size: number }>,
): number {
  const usual = partSize(objectSize);
  const first = parts.get(1)?.size ?? Math.max(0, ...[...parts.values()].map(({ size }) => size));
  const usable = first >= 5 * MIB && first < objectSize && first * MAX_PARTS >= objectSize;
  return usable ? first : usual;
}

/** Cuts an object into parts. */
export function* planParts(objectSize: number, size = partSize(objectSize)): Generator<Part> {
  for (let offset = 0, number = 1; offset < objectSize; offset += size, number += 1)
    yield { number, offset, size: Math.min(size, objectSize - offset) };
}
