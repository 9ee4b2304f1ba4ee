import { ConfigError } from "../../modules/core/errors";
import type { Checksum } from "./checksums/algorithms";
import type { ExchangeContext } from "./exchange";
import { FaultInjector } from "./faults/injector";
import type { FaultPlan } from "./faults/plan";
import type { BucketSetup } from "./options";
import type { LoggedRequest } from "./request-log";
import { checkBuckets, setUpBucket } from "./set-up-bucket";
import type { Bucket } from "./store/bucket";
import type { ObjectRecord } from "./store/records";
import { walk } from "./store/walk";

/** An object as the server holds it. */
export interface StoredObject {
  readonly key: string;
  /** `"null"` for objects that were written while versioning was off. */
  readonly versionId: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  /** Headers that its writer set, in lower case: content type, `x-amz-meta-*`, storage class, encryption. */
  readonly headers: Readonly<Record<string, string>>;
  /** What its writer sent or asked for. */
  readonly checksum: Checksum | undefined;
  /** Sizes of its parts, when it came in parts. */
  readonly partSizes: readonly number[] | undefined;
}

/** A multipart upload that is under way. */
export interface PendingUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiated: Date;
  readonly partNumbers: readonly number[];
}

/** A running local S3: what a client needs, and what a test wants to look at without a client. */
export class LocalS3 {
  /** @internal */
  constructor(
    /** Where clients find it, e.g. `http://127.0.0.1:49152`. Path-style addresses only. */
    readonly endpoint: string,
    private readonly context: ExchangeContext,
    private readonly end: () => Promise<void>,
  ) {}

  /** Region that clients must sign for. */
  get region(): string {
    return this.context.service.region;
  }

  /** All requests that were answered or broken off, in the order in which they ended; at most the last 100,000. */
  get requests(): readonly LoggedRequest[] {
    return this.context.log.entries;
  }

  /** Forgets {@link requests}. */
  clearRequests(): void {
    this.context.log.clear();
  }

  /** Makes a bucket, or gives an existing one other settings. */
  createBucket(setup: BucketSetup): void {
    checkBuckets([setup]);
    setUpBucket(this.context.service.store, this.region, setup);
  }

  /** Names of all buckets. */
  buckets(): string[] {
    return [...this.context.service.store.buckets.keys()].sort();
  }

  /** Keys of a bucket, in S3's order. */
  keys(bucket: string, prefix = ""): string[] {
    const found = this.#bucket(bucket);
    const accept = (key: string): boolean => found.current(key) !== undefined;
    return [...walk(found.keys, { prefix, delimiter: "", after: "", accept })].flatMap((entry) =>
      entry.kind === "key" ? [entry.key] : [],
    );
  }

  /** An object, or `undefined` where there is none: by default the newest version. */
  object(bucket: string, key: string, versionId?: string): StoredObject | undefined {
    const record = this.#record(bucket, key, versionId);
    return record === undefined ? undefined : describe(key, record);
  }

  /** Content of an object. */
  async read(bucket: string, key: string, versionId?: string): Promise<Buffer> {
    const record = this.#record(bucket, key, versionId);
    if (record === undefined)
      throw new ConfigError(
        `bucket ${JSON.stringify(bucket)} holds no object ${JSON.stringify(key)}`,
      );
    const { store } = this.context.service;
    const release = store.hold(record.pieces);
    try {
      const pieces: Buffer[] = [];
      for await (const piece of store.read(record.pieces)) pieces.push(Buffer.from(piece));
      return Buffer.concat(pieces);
    } finally {
      release();
    }
  }

  /** Versions of a key that are objects, newest first. */
  versions(bucket: string, key: string): StoredObject[] {
    return this.#bucket(bucket)
      .versions(key)
      .flatMap((version) => (version.kind === "object" ? [describe(key, version)] : []));
  }

  /** Multipart uploads that are neither completed nor aborted. */
  uploads(bucket: string): PendingUpload[] {
    return [...this.#bucket(bucket).uploads.values()].map(({ record, parts }) => ({
      key: record.key,
      uploadId: record.uploadId,
      initiated: new Date(record.initiated),
      partNumbers: [...parts.keys()].sort((a, b) => a - b),
    }));
  }

  /** Replaces the faults; every rule begins to count anew. */
  setFaults(plan: FaultPlan): void {
    this.context.injector = new FaultInjector(plan);
  }

  /** Ends all connections and the server. Objects in a directory stay. */
  close(): Promise<void> {
    return this.end();
  }

  #bucket(name: string): Bucket {
    const bucket = this.context.service.store.buckets.get(name);
    if (bucket === undefined)
      throw new ConfigError(
        `no bucket ${JSON.stringify(name)}; the buckets are ${JSON.stringify(this.buckets())}`,
      );
    return bucket;
  }

  #record(bucket: string, key: string, versionId: string | undefined): ObjectRecord | undefined {
    const found = this.#bucket(bucket);
    if (versionId === undefined) return found.current(key);
    const version = found.version(key, versionId);
    return version?.kind === "object" ? version : undefined;
  }
}

function describe(key: string, record: ObjectRecord): StoredObject {
  return {
    key,
    versionId: record.versionId,
    size: record.size,
    etag: record.etag,
    lastModified: new Date(record.modified),
    headers: record.headers,
    checksum: record.checksum,
    partSizes: record.parts?.map(({ size }) => size),
  };
}
