/** Bytes that are read by ranges, such as an object in S3. */
export interface RangeSource {
  readonly size: number;
  /** Fills a buffer with the bytes from an offset on. */
  readonly read: (offset: number, into: Buffer) => Promise<void>;
}

/** Bytes of one request. */
export const RANGE_BYTES = 8 * 1024 * 1024;

/** Requests under way at once, ahead of what is being unpacked. */
export const RANGES_AHEAD = 4;
