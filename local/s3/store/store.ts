import type { Blobs, Piece } from "./blobs";
import { Bucket } from "./bucket";
import type { Journal } from "./journal";
import type { Change, VersionRecord } from "./records";

/**
 * All buckets and what they hold. Records are in memory; a journal, where there is one, makes them survive a restart.
 * Changes are applied in one go between two events of the process, which is what makes conditional writes atomic.
 */
export class Store {
  readonly buckets = new Map<string, Bucket>();
  /** How many records and holds refer to a blob. */
  readonly #uses = new Map<string, number>();
  #dropped: ((blob: string) => void) | undefined;

  constructor(
    readonly blobs: Blobs,
    private readonly journal?: Journal,
  ) {
    for (const changes of journal?.read() ?? []) this.#apply(changes);
    journal?.restart(this.#snapshot());
    this.#dropped = (blob) => {
      this.blobs.remove(blob);
    };
  }

  /** Makes changes, all of them or none. */
  commit(...changes: readonly Change[]): void {
    this.journal?.append(changes);
    this.#apply(changes);
  }

  /**
   * Keeps pieces from being removed when the records that refer to them are.
   *
   * @returns what ends it; to be called once
   */
  hold(pieces: readonly Piece[]): () => void {
    this.#retain(pieces);
    return () => {
      this.#release(pieces);
    };
  }

  /** Reads pieces, which the caller holds, one after the other. */
  async *read(pieces: readonly Piece[]): AsyncGenerator<Buffer> {
    for (const { blob, start, length } of pieces) yield* this.blobs.read(blob, start, length);
  }

  /** Ids of all blobs that are referred to. */
  knownBlobs(): ReadonlySet<string> {
    return new Set(this.#uses.keys());
  }

  async close(): Promise<void> {
    await this.blobs.close();
    this.journal?.close();
  }

  #apply(changes: readonly Change[]): void {
    for (const change of changes) this.#applyOne(change);
  }

  #applyOne(change: Change): void {
    if (change.type === "bucket") {
      const known = this.buckets.get(change.record.name);
      if (known === undefined) this.buckets.set(change.record.name, new Bucket(change.record));
      else known.record = change.record;
      return;
    }
    const bucket = this.buckets.get(change.bucket);
    if (bucket === undefined) throw new Error(`no bucket ${JSON.stringify(change.bucket)}`);
    switch (change.type) {
      case "drop-bucket":
        this.#release([...bucket.pieces()]);
        this.buckets.delete(change.bucket);
        return;
      case "version":
        this.#retain(piecesOf(change.record));
        this.#release(piecesOf(bucket.add(change.key, change.record)));
        return;
      case "drop-version":
        this.#release(piecesOf(bucket.drop(change.key, change.versionId)));
        return;
      case "upload":
        bucket.uploads.set(change.record.uploadId, { record: change.record, parts: new Map() });
        return;
      case "part": {
        const parts = bucket.uploads.get(change.uploadId)?.parts;
        this.#retain(change.record.pieces);
        this.#release(parts?.get(change.record.partNumber)?.pieces ?? []);
        parts?.set(change.record.partNumber, change.record);
        return;
      }
      case "drop-upload": {
        const parts = bucket.uploads.get(change.uploadId)?.parts.values() ?? [];
        bucket.uploads.delete(change.uploadId);
        for (const part of parts) this.#release(part.pieces);
        return;
      }
    }
  }

  *#snapshot(): Generator<readonly Change[]> {
    for (const bucket of this.buckets.values()) {
      const { name } = bucket.record;
      yield [{ type: "bucket", record: bucket.record }];
      for (let index = 0; index < bucket.keys.size; index++) {
        const key = bucket.keys.at(index) ?? "";
        for (const record of [...bucket.versions(key)].reverse())
          yield [{ type: "version", bucket: name, key, record }];
      }
      for (const { record, parts } of bucket.uploads.values()) {
        yield [{ type: "upload", bucket: name, record }];
        for (const part of parts.values())
          yield [{ type: "part", bucket: name, uploadId: record.uploadId, record: part }];
      }
    }
  }

  #retain(pieces: readonly Piece[]): void {
    for (const { blob } of pieces) this.#uses.set(blob, (this.#uses.get(blob) ?? 0) + 1);
  }

  #release(pieces: readonly Piece[]): void {
    for (const { blob } of pieces) {
      const uses = (this.#uses.get(blob) ?? 0) - 1;
      if (uses > 0) this.#uses.set(blob, uses);
      else if (this.#uses.delete(blob)) this.#dropped?.(blob);
    }
  }
}

function piecesOf(record: VersionRecord | undefined): readonly Piece[] {
  return record?.kind === "object" ? record.pieces : [];
}
