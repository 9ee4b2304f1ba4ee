import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { sendBody } from "../aws/send-body";
import { StepError } from "../step/step-error";
import type { BegunPart, BegunUploads } from "./begun-uploads";
import { crc32Combine, crc32Of, crc32Text } from "./crc32";
import { FileSlice } from "./file-slice";
import { keptPartSize, MAX_BUFFER_BYTES, PART_BYTES, planParts, type Part } from "./part-plan";
import { writeCondition } from "./put-object";
import type { OpenSource } from "./source-file";
import { httpStatus, plainEtag, type Target, type Written } from "./target";
import type { Lease, TransferGate } from "./transfer-gate";

/** An object that is sent in parts. */
export interface LargeObject {
  readonly key: string;
  readonly size: number;
  readonly contentType: string;
  /** Etag of the object that is written over. @default - the key must be free */
  readonly replaces?: string | undefined;
}

/** A part that S3 has taken. */
export interface SentPart extends Part {
  readonly etag: string;
  readonly crc32: number;
}

/** What sending in parts needs besides the object. */
export interface MultipartTools {
  readonly target: Target;
  readonly gate: TransferGate;
  readonly begun: BegunUploads;
  /** Called when the last part has come through the gate, and the next file may line up. */
  readonly onAdmitted: () => void;
  readonly onSent: (bytes: number) => void;
  /** Called for each part that was found as an earlier attempt had sent it. */
  readonly onResumed: (bytes: number) => void;
  /** Called before an object is completed; throws when this process may no longer do so. */
  readonly beforeComplete: () => Promise<void>;
  /** Called with the CRC-32 of the whole content, before the object is completed. */
  readonly onChecksum: (crc32: string) => void;
}

/**
 * Sends a file in parts; the object appears whole at the end, or not at all. What an earlier attempt has sent is kept
 * where its size and checksum are those of the file. An upload that does not come to its end stays, for the next
 * attempt goes on from it.
 */
export async function sendMultipart(
  tools: MultipartTools,
  object: LargeObject,
  source: OpenSource,
): Promise<Written> {
  const { begun } = tools;
  const before = await begun.of(object.key);
  const uploadId = before?.uploadId ?? (await createUpload(tools, object));
  if (before === undefined) await begun.began(object.key, uploadId);
  try {
    const parts = await sendParts(tools, object, uploadId, source, before?.parts ?? new Map());
    // Before the object appears: a file that changed under way must not be published.
    await source.requireUnchanged();
    const crc32 = crc32Text(
      parts.reduce((crc, part) => crc32Combine(crc, part.crc32, part.size), 0),
    );
    tools.onChecksum(crc32);
    await tools.beforeComplete();
    const written = await completeUpload(tools.target, object, uploadId, parts, crc32);
    begun.ended(object.key, uploadId);
    return written;
  } catch (error) {
    // Neither a key that is taken nor a race nor other bytes can be mended by going on with this upload.
    if (isFinal(error)) await begun.abort(object.key, uploadId);
    throw error;
  }
}

function isFinal(error: unknown): boolean {
  const status = httpStatus(error);
  if (error instanceof StepError) return error.outcome !== "superseded";
  return (
    (status === 400 && !REPEATABLE.has((error as Error).name)) ||
    status === 404 ||
    status === 409 ||
    status === 412
  );
}

/** Answers with 400 after which the same upload can be gone on with. */
const REPEATABLE = new Set(["BadDigest", "IncompleteBody", "RequestTimeout"]);

async function createUpload(
  { target, begun }: MultipartTools,
  object: LargeObject,
): Promise<string> {
  const { UploadId, $metadata } = await target.client.send(
    new CreateMultipartUploadCommand({
      Bucket: target.bucket,
      Key: object.key,
      ContentType: object.contentType,
      ChecksumAlgorithm: "CRC32",
      ChecksumType: "FULL_OBJECT",
    }),
    { abortSignal: target.signal },
  );
  if (UploadId === undefined) throw new Error("S3 began an upload and gave it no id");
  // A try whose answer was lost has begun an upload, too.
  if (($metadata.attempts ?? 1) > 1) begun.mayHaveBegun();
  return UploadId;
}

async function sendParts(
  { target, gate, onAdmitted, onSent, onResumed }: MultipartTools,
  object: LargeObject,
  uploadId: string,
  source: OpenSource,
  before: ReadonlyMap<number, BegunPart>,
): Promise<readonly SentPart[]> {
  const sent: SentPart[] = [];
  const running: Promise<void>[] = [];
  const failures: unknown[] = [];
  for (const part of planParts(object.size, keptPartSize(object.size, before))) {
    const lease = await gate.enter(part.size > MAX_BUFFER_BYTES ? PART_BYTES : part.size);
    if (failures.length > 0 || target.signal.aborted) {
      lease.release();
      break;
    }
    const there = before.get(part.number);
    const work = sendPart(target, object.key, uploadId, part, source, lease, there)
      .then((done) => {
        sent.push(done);
        if (done.resumed) onResumed(part.size);
        onSent(part.size);
      })
      .catch((error: unknown) => void failures.push(error))
      .finally(lease.release);
    running.push(work);
  }
  onAdmitted();
  // All of them, also after a failure: none may still read the file or its buffer when the file is closed.
  await Promise.all(running);
  target.signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
  return sent.sort((a, b) => a.number - b.number);
}

/**
 * Sends one part, with its checksum ahead of it: S3 refuses a part that arrives damaged.
 *
 * @param there - what an earlier attempt has sent under this number
 */
export async function sendPart(
  { client, bucket, signal, inFlight }: Target,
  key: string,
  uploadId: string,
  part: Part,
  source: OpenSource,
  lease: Lease,
  there?: BegunPart,
): Promise<SentPart & { readonly resumed: boolean }> {
  const held = part.size <= lease.buffer.length;
  const crc32 = await checksumPart(part, source, lease.buffer);
  // Shown equal by the checksum that S3 keeps, never by number and size alone.
  if (there?.size === part.size && there.crc32 === crc32Text(crc32))
    return { ...part, etag: there.etag, crc32, resumed: true };
  const { ETag } = await sendBody(
    client,
    new UploadPartCommand({
      Bucket: bucket,
      Key: key,
      UploadId: uploadId,
      PartNumber: part.number,
      ChecksumCRC32: crc32Text(crc32),
      Body: held
        ? lease.buffer.subarray(0, part.size)
        : new FileSlice(source.handle, part.offset, part.size).asBody(),
    }),
    signal,
    inFlight,
  );
  return { ...part, etag: ETag ?? "", crc32, resumed: false };
}

async function checksumPart(part: Part, source: OpenSource, buffer: Buffer): Promise<number> {
  let crc = 0;
  for (let done = 0; done < part.size;) {
    const piece = buffer.subarray(0, Math.min(buffer.length, part.size - done));
    await source.read(piece, part.offset + done);
    crc = crc32Of(piece, crc);
    done += piece.length;
  }
  return crc;
}

async function completeUpload(
  { client, bucket, signal }: Target,
  object: LargeObject,
  uploadId: string,
  parts: readonly SentPart[],
  crc32: string,
): Promise<Written> {
  const { ETag, VersionId } = await client.send(
    new CompleteMultipartUploadCommand({
      Bucket: bucket,
      Key: object.key,
      UploadId: uploadId,
      ...writeCondition(object.replaces),
      ChecksumType: "FULL_OBJECT",
      ChecksumCRC32: crc32,
      MpuObjectSize: object.size,
      MultipartUpload: {
        Parts: parts.map((part) => ({
          PartNumber: part.number,
          ETag: part.etag,
          ChecksumCRC32: crc32Text(part.crc32),
        })),
      },
    }),
    { abortSignal: signal },
  );
  return { etag: plainEtag(ETag), versionId: VersionId };
}
