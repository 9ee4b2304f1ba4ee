import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Log } from "../log";
import { messageOf } from "../step/step-error";
import { crc32Combine, crc32Of, crc32Text } from "./crc32";
import { FileSlice } from "./file-slice";
import { MAX_BUFFER_BYTES, PART_BYTES, planParts, type Part } from "./part-plan";
import type { OpenSource } from "./source-file";
import { plainEtag, type Target, type Written } from "./target";
import type { Lease, TransferGate } from "./transfer-gate";

/** How long an upload that failed is given to be removed. */
const ABORT_MS = 5000;

/** An object that is sent in parts. */
export interface LargeObject {
  readonly key: string;
  readonly size: number;
  readonly contentType: string;
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
  readonly log: Log;
  /** Called when the last part has come through the gate, and the next file may line up. */
  readonly onAdmitted: () => void;
  readonly onSent: (bytes: number) => void;
  /** Called with the CRC-32 of the whole content, before the object is completed. */
  readonly onChecksum: (crc32: string) => void;
}

/** Sends a file in parts; the object appears whole at the end, or not at all. */
export async function sendMultipart(
  tools: MultipartTools,
  object: LargeObject,
  source: OpenSource,
): Promise<Written> {
  const uploadId = await createUpload(tools.target, object);
  try {
    const parts = await sendParts(tools, object, uploadId, source);
    // Before the object appears: a file that changed under way must not be published.
    await source.requireUnchanged();
    const crc32 = crc32Text(
      parts.reduce((crc, part) => crc32Combine(crc, part.crc32, part.size), 0),
    );
    tools.onChecksum(crc32);
    return await completeUpload(tools.target, object, uploadId, parts, crc32);
  } catch (error) {
    await abortUpload(tools, object, uploadId);
    throw error;
  }
}

async function createUpload(target: Target, object: LargeObject): Promise<string> {
  const { UploadId } = await target.client.send(
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
  return UploadId;
}

async function sendParts(
  { target, gate, onAdmitted, onSent }: MultipartTools,
  object: LargeObject,
  uploadId: string,
  source: OpenSource,
): Promise<readonly SentPart[]> {
  const sent: SentPart[] = [];
  const running: Promise<void>[] = [];
  const failures: unknown[] = [];
  for (const part of planParts(object.size)) {
    const lease = await gate.enter(part.size > MAX_BUFFER_BYTES ? PART_BYTES : part.size);
    if (failures.length > 0 || target.signal.aborted) {
      lease.release();
      break;
    }
    const work = sendPart(target, object.key, uploadId, part, source, lease)
      .then((done) => {
        sent.push(done);
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

/** Sends one part, with its checksum ahead of it: S3 refuses a part that arrives damaged. */
export async function sendPart(
  { client, bucket, signal }: Target,
  key: string,
  uploadId: string,
  part: Part,
  source: OpenSource,
  lease: Lease,
): Promise<SentPart> {
  const held = part.size <= lease.buffer.length;
  const crc32 = await checksumPart(part, source, lease.buffer);
  const { ETag } = await client.send(
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
    { abortSignal: signal },
  );
  return { ...part, etag: ETag ?? "", crc32 };
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
      IfNoneMatch: "*",
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

async function abortUpload(
  { target, log }: MultipartTools,
  object: LargeObject,
  uploadId: string,
): Promise<void> {
  try {
    await target.client.send(
      new AbortMultipartUploadCommand({
        Bucket: target.bucket,
        Key: object.key,
        UploadId: uploadId,
      }),
      // Not the step's own signal: that one may be the reason for the removal.
      { abortSignal: AbortSignal.timeout(ABORT_MS) },
    );
  } catch (error) {
    if ((error as Error | null)?.name === "NoSuchUpload") return;
    log.warn(
      `parts of an upload are left in the bucket until its life cycle removes them: ${messageOf(error)}`,
      { key: object.key, uploadId },
    );
  }
}
