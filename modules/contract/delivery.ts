import type { OrderSource } from "./order";
import type { RunRef } from "./run";

/** Prefix of a delivery below the target's prefix: `<orderKey>/<attempt>/`. Attempts never share a key. */
export const deliveryPrefix = (prefix: string, run: RunRef): string =>
  `${prefix}${run.orderKey}/${String(run.attempt)}/`;

/** Key of a delivered file. */
export const fileKey = (prefix: string, run: RunRef, path: string): string =>
  `${deliveryPrefix(prefix, run)}files/${path}`;

/** Key of the manifest; written last: where it is, the delivery is whole. */
export const manifestKey = (prefix: string, run: RunRef): string =>
  `${deliveryPrefix(prefix, run)}manifest.json`;

/** One delivered file. */
export interface ManifestFile {
  /** Path in the delivery, with `/`. */
  readonly path: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** CRC-32 of the content, as S3 holds it: base64 of 4 bytes, big-endian. */
  readonly crc32: string;
  readonly etag: string;
  readonly versionId?: string | undefined;
  readonly contentType: string;
  /** True where the key held other bytes, which were left: they are what is listed. */
  readonly kept?: true | undefined;
}

/** The manifest of a delivery. */
export interface Manifest extends RunRef {
  readonly schemaVersion: 1;
  readonly orderId: string;
  readonly source: OrderSource;
  readonly bucket: string;
  readonly files: readonly ManifestFile[];
  readonly totals: { readonly files: number; readonly bytes: number };
  /** ISO 8601 instant. */
  readonly publishedAt: string;
}

/** Where the children of an array job tell what they delivered, one part each; read by the step that merges them. */
export const partKey = (prefix: string, run: RunRef, index: number): string =>
  `${deliveryPrefix(prefix, run)}parts/${String(index)}.json`;

/** Prefix of everything that a child tells: its part, and what it had done so far, for the attempt that goes on. */
export const partPrefix = (prefix: string, run: RunRef, index: number): string =>
  `${deliveryPrefix(prefix, run)}parts/${String(index)}.`;

/** A file that a child delivered, and the file that it was made from. */
export interface PartFile extends ManifestFile {
  /** Key of the file that it was made from; the first one where the program was run for several together. */
  readonly input: string;
}

/** What one child of an array delivered. */
export interface DeliveryPart extends RunRef {
  readonly schemaVersion: 1;
  readonly index: number;
  /** How many parts there are. */
  readonly of: number;
  /** Etag of the list that the work was cut from: all parts are of the same. */
  readonly list: string;
  /** How many files the list holds, and how many of them this part did. */
  readonly listed: number;
  readonly inputs: number;
  readonly files: readonly PartFile[];
}
