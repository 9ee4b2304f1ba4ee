import type { Checksum, ChecksumAlgorithm, ChecksumType } from "../checksums/algorithms";
import type { Piece } from "./blobs";

/** What a bucket is set up with. */
export interface BucketRecord {
  readonly name: string;
  readonly region: string;
  /** Milliseconds since 1970, as in every record. */
  readonly created: number;
  /** Never set: never versioned. */
  readonly versioning?: "Enabled" | "Suspended" | undefined;
  /** Whether events of the bucket are sent. */
  readonly eventBridge: boolean;
}

/** The version id of objects that were written while versioning was off. */
export const NULL_VERSION = "null";

/** What a delete leaves in a versioned bucket. */
export interface DeleteMarkerRecord {
  readonly kind: "marker";
  readonly versionId: string;
  readonly modified: number;
}

/** A version of an object. */
export interface ObjectRecord {
  readonly kind: "object";
  readonly versionId: string;
  readonly modified: number;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly pieces: readonly Piece[];
  /** Headers that the writer set and every reader gets back. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum?: Checksum | undefined;
  /** For objects of a multipart upload. */
  readonly parts?: readonly PartOfObject[] | undefined;
}

/** What remains known of a part when its upload is complete. */
export interface PartOfObject {
  readonly size: number;
  /** Base64. */
  readonly checksum?: string | undefined;
}

/** A version of a key. */
export type VersionRecord = ObjectRecord | DeleteMarkerRecord;

/** A multipart upload that is under way. */
export interface UploadRecord {
  readonly uploadId: string;
  readonly key: string;
  readonly initiated: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What the creator asked for; without it S3 uses CRC64NVME of the full object. */
  readonly checksum?:
    { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType } | undefined;
}

/** A part of an upload. */
export interface PartRecord {
  readonly partNumber: number;
  readonly modified: number;
  readonly size: number;
  readonly etag: string;
  readonly pieces: readonly Piece[];
  /** Base64, of the upload's algorithm. */
  readonly checksum?: string | undefined;
}

/** A change of the store; the journal is a row of them. */
export type Change =
  | { readonly type: "bucket"; readonly record: BucketRecord }
  | { readonly type: "drop-bucket"; readonly bucket: string }
  | {
      readonly type: "version";
      readonly bucket: string;
      readonly key: string;
      readonly record: VersionRecord;
    }
  | {
      readonly type: "drop-version";
      readonly bucket: string;
      readonly key: string;
      readonly versionId: string;
    }
  | { readonly type: "upload"; readonly bucket: string; readonly record: UploadRecord }
  | { readonly type: "drop-upload"; readonly bucket: string; readonly uploadId: string }
  | {
      readonly type: "part";
      readonly bucket: string;
      readonly uploadId: string;
      readonly record: PartRecord;
    };
