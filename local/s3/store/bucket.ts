import type { Piece } from "./blobs";
import { KeyIndex } from "./key-index";
import {
  type BucketRecord,
  NULL_VERSION,
  type ObjectRecord,
  type PartRecord,
  type UploadRecord,
  type VersionRecord,
} from "./records";

/** A multipart upload and its parts by number. */
export interface Upload {
  readonly record: UploadRecord;
  readonly parts: Map<number, PartRecord>;
}

/** A conditional write that is under way. */
export interface WriteWatch {
  /** Whether the key was changed since the write began. */
  readonly disturbed: boolean;
  end(): void;
}

/** What a bucket holds. Changed by the store only; see {@link WriteWatch} for what writers wait for. */
export class Bucket {
  readonly keys = new KeyIndex();
  readonly uploads = new Map<string, Upload>();
  readonly #versions = new Map<string, VersionRecord[]>();
  readonly #watches = new Map<string, Set<{ disturbed: boolean }>>();

  constructor(public record: BucketRecord) {}

  /** Versions of a key, newest first. */
  versions(key: string): readonly VersionRecord[] {
    return this.#versions.get(key) ?? [];
  }

  /** The newest version of a key, which may be a delete marker. */
  latest(key: string): VersionRecord | undefined {
    return this.#versions.get(key)?.[0];
  }

  /** The object that a plain read of the key finds. */
  current(key: string): ObjectRecord | undefined {
    const latest = this.latest(key);
    return latest?.kind === "object" ? latest : undefined;
  }

  version(key: string, versionId: string): VersionRecord | undefined {
    return this.versions(key).find((version) => version.versionId === versionId);
  }

  /** Puts a version first; a null version replaces the null version before. Returns what it replaced. */
  add(key: string, record: VersionRecord): VersionRecord | undefined {
    const replaced = record.versionId === NULL_VERSION ? this.drop(key, NULL_VERSION) : undefined;
    const versions = this.#versions.get(key);
    if (versions === undefined) {
      this.#versions.set(key, [record]);
      this.keys.add(key);
    } else versions.unshift(record);
    this.#disturb(key);
    return replaced;
  }

  /** Takes a version away. */
  drop(key: string, versionId: string): VersionRecord | undefined {
    const versions = this.#versions.get(key);
    const index = versions?.findIndex((version) => version.versionId === versionId) ?? -1;
    if (versions === undefined || index === -1) return undefined;
    const [dropped] = versions.splice(index, 1);
    if (versions.length === 0) {
      this.#versions.delete(key);
      this.keys.delete(key);
    }
    this.#disturb(key);
    return dropped;
  }

  /** Notices every change of a key until it is ended. */
  watch(key: string): WriteWatch {
    const watch = { disturbed: false };
    const watches = this.#watches.get(key) ?? new Set();
    this.#watches.set(key, watches.add(watch));
    return {
      get disturbed() {
        return watch.disturbed;
      },
      end: () => {
        watches.delete(watch);
        if (watches.size === 0 && this.#watches.get(key) === watches) this.#watches.delete(key);
      },
    };
  }

  /** All pieces that the bucket refers to. */
  *pieces(): Generator<Piece> {
    for (const versions of this.#versions.values())
      for (const version of versions) if (version.kind === "object") yield* version.pieces;
    for (const { parts } of this.uploads.values())
      for (const part of parts.values()) yield* part.pieces;
  }

  #disturb(key: string): void {
    for (const watch of this.#watches.get(key) ?? []) watch.disturbed = true;
  }
}
