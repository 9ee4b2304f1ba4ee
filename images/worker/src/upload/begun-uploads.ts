import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
} from "@aws-sdk/client-s3";
import type { Log } from "../log";
import { nameFailure } from "../step/name-failure";
import { messageOf } from "../step/step-error";
import { decodeListedKey, httpStatus, plainEtag, type Target } from "./target";
import type { UploadJournal } from "./upload-journal";

/** How long the removal of one upload may take; the end of the job may be near. */
const ABORT_MS = 5000;

/** A part that an earlier attempt has sent. */
export interface BegunPart {
  readonly size: number;
  readonly etag: string;
  /** Base64; absent where the server keeps no checksums of parts. */
  readonly crc32: string | undefined;
}

/** An upload in parts that an earlier attempt has begun. */
export interface BegunUpload {
  readonly uploadId: string;
  /** By number. */
  readonly parts: ReadonlyMap<number, BegunPart>;
}

/**
 * The uploads in parts that are under way below a prefix. S3's own listing is the truth, so that work goes on without
 * the staging volume that it began on; the journal stands in where the role may not list uploads, which S3 can not
 * limit to a prefix.
 */
export class BegunUploads {
  private readonly open = new Map<string, Set<string>>();
  private uncertain = false;

  private constructor(
    private readonly target: Target,
    private readonly log: Log,
    private readonly journal: UploadJournal | undefined,
    private readonly prefix: string | undefined,
  ) {}

  /** Begins without any. */
  static none(target: Target, log: Log): BegunUploads {
    return new BegunUploads(target, log, undefined, undefined);
  }

  /** Looks for uploads below a prefix. */
  static async find(
    target: Target,
    prefix: string,
    log: Log,
    journal?: UploadJournal,
  ): Promise<BegunUploads> {
    const found = new BegunUploads(target, log, journal, prefix);
    for (const { key, uploadId } of (await journal?.read()) ?? [])
      if (key.startsWith(prefix)) found.add(key, uploadId);
    await found.list(prefix);
    return found;
  }

  /** Notes an upload that this process has begun. */
  async began(key: string, uploadId: string): Promise<void> {
    this.add(key, uploadId);
    await this.journal?.add({ key, uploadId });
  }

  /** Notes that S3 may have begun an upload and its answer was lost: nobody here knows its id. */
  mayHaveBegun(): void {
    this.uncertain = true;
  }

  /** Notes that an upload was completed or is gone. */
  ended(key: string, uploadId: string): void {
    this.open.get(key)?.delete(uploadId);
  }

  /** Finds the upload of a key that holds most, with its parts. */
  async of(key: string): Promise<BegunUpload | undefined> {
    let best: BegunUpload | undefined;
    for (const uploadId of [...(this.open.get(key) ?? [])]) {
      const parts = await this.partsOf(key, uploadId);
      if (parts === undefined) this.ended(key, uploadId);
      else if (best === undefined || parts.size > best.parts.size) best = { uploadId, parts };
    }
    return best;
  }

  /** Removes all that is still open: after the last object is there, or when a new attempt can not help. */
  async abortAll(): Promise<number> {
    let aborted = 0;
    if (this.uncertain && this.prefix !== undefined) await this.list(this.prefix);
    for (const [key, ids] of this.open)
      for (const uploadId of [...ids]) if (await this.abort(key, uploadId)) aborted += 1;
    return aborted;
  }

  /** Removes an upload; what can not be removed is told, and left to the bucket's life cycle. */
  async abort(key: string, uploadId: string): Promise<boolean> {
    this.ended(key, uploadId);
    const { client, bucket } = this.target;
    try {
      await client.send(
        new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }),
        // Not the step's own signal: that one may be the reason for the removal.
        { abortSignal: AbortSignal.timeout(ABORT_MS) },
      );
      return true;
    } catch (error) {
      if (!isGone(error))
        this.log.warn(
          `parts of an upload are left in the bucket until its life cycle removes them: ${messageOf(error)}`,
          { key, uploadId },
        );
      return false;
    }
  }

  private add(key: string, uploadId: string): void {
    const ids = this.open.get(key);
    if (ids === undefined) this.open.set(key, new Set([uploadId]));
    else ids.add(uploadId);
  }

  private async list(prefix: string): Promise<void> {
    const { client, bucket, signal } = this.target;
    let after: { key: string | undefined; uploadId: string | undefined } | undefined;
    do {
      try {
        const page = await client.send(
          new ListMultipartUploadsCommand({
            Bucket: bucket,
            Prefix: prefix,
            KeyMarker: after?.key,
            UploadIdMarker: after?.uploadId,
            EncodingType: "url",
          }),
          { abortSignal: signal },
        );
        for (const { Key, UploadId, ChecksumType } of page.Uploads ?? [])
          // Another kind of checksum could not be completed with ours.
          if (Key !== undefined && UploadId !== undefined && (ChecksumType ?? KIND) === KIND)
            this.add(decodeListedKey(Key, page.EncodingType), UploadId);
        after =
          page.IsTruncated === true
            ? {
                key: decodeListedKey(page.NextKeyMarker ?? "", page.EncodingType),
                uploadId: page.NextUploadIdMarker,
              }
            : undefined;
      } catch (error) {
        if (httpStatus(error) !== 403)
          throw nameFailure(
            error,
            `uploads below ${JSON.stringify(prefix)} could not be listed`,
            signal,
          );
        this.log.info(
          this.journal === undefined
            ? "uploads of the bucket may not be listed; what earlier tries began is left to the bucket's life cycle"
            : "uploads of the bucket may not be listed; those in the journal are resumed",
        );
        return;
      }
    } while (after !== undefined);
  }

  private async partsOf(
    key: string,
    uploadId: string,
  ): Promise<ReadonlyMap<number, BegunPart> | undefined> {
    const { client, bucket, signal } = this.target;
    const parts = new Map<number, BegunPart>();
    let marker: string | undefined;
    do {
      try {
        const page = await client.send(
          new ListPartsCommand({
            Bucket: bucket,
            Key: key,
            UploadId: uploadId,
            PartNumberMarker: marker,
          }),
          { abortSignal: signal },
        );
        for (const { PartNumber = 0, Size = 0, ETag, ChecksumCRC32 } of page.Parts ?? [])
          parts.set(PartNumber, { size: Size, etag: plainEtag(ETag), crc32: ChecksumCRC32 });
        marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    } while (marker !== undefined);
    return parts;
  }
}

const KIND = "FULL_OBJECT";

/** Says whether an upload was completed or removed meanwhile. */
function isGone(error: unknown): boolean {
  return (error as Error | null)?.name === "NoSuchUpload";
}
