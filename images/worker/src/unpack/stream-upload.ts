import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";
import { sendBody } from "../aws/send-body";
import type { Log } from "../log";
import { messageOf } from "../step/step-error";
import { crc32Of, crc32Text } from "../upload/crc32";
import { partSize } from "../upload/part-plan";
import { plainEtag, type Target, type Written } from "../upload/target";

/** Parts on their way while the next one is filled. */
const PARTS_AHEAD = 3;
const ABORT_MS = 5000;

/** An object whose size and checksum are known before its content is. */
export interface ExpectedObject {
  readonly key: string;
  readonly size: number;
  readonly contentType: string;
  /** Base64 of the CRC-32 of the whole content: S3 compares it when it puts the parts together. */
  readonly crc32: string;
  readonly replace: boolean;
}

/** Uploads pieces as they come. The object appears whole, with the expected checksum, or not at all. */
export async function uploadStream(
  target: Target,
  object: ExpectedObject,
  pieces: AsyncIterable<Buffer>,
  log: Log,
  onSent: (bytes: number) => void,
): Promise<Written> {
  const { client, bucket, signal } = target;
  const place = { Bucket: bucket, Key: object.key };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...place,
      ContentType: object.contentType,
      ChecksumAlgorithm: "CRC32",
      ChecksumType: "FULL_OBJECT",
    }),
    { abortSignal: signal },
  );
  if (UploadId === undefined) throw new Error("S3 began an upload and gave it no id");
  const upload = { ...place, UploadId };
  const sending = new PartSender(target, upload, partSize(object.size), onSent);
  try {
    for await (const piece of pieces) await sending.add(piece);
    const parts = await sending.finish();
    const { ETag, VersionId } = await client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        ...(object.replace ? {} : { IfNoneMatch: "*" }),
        ChecksumType: "FULL_OBJECT",
        ChecksumCRC32: object.crc32,
        MpuObjectSize: object.size,
        MultipartUpload: { Parts: [...parts] },
      }),
      { abortSignal: signal },
    );
    return { etag: plainEtag(ETag), versionId: VersionId };
  } catch (error) {
    await sending.settle();
    await abort(target, upload, log);
    throw error;
  }
}

interface UploadRef {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

/** Cuts pieces into parts and sends them, a few at once, from buffers that are used again. */
class PartSender {
  private readonly parts: CompletedPart[] = [];
  private readonly free: Buffer[] = [];
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;
  private buffer: Buffer | undefined;
  private filled = 0;
  private number = 0;

  constructor(
    private readonly target: Target,
    private readonly upload: UploadRef,
    private readonly bytes: number,
    private readonly onSent: (bytes: number) => void,
  ) {}

  async add(piece: Buffer): Promise<void> {
    for (let at = 0; at < piece.length;) {
      this.buffer ??= this.free.pop() ?? Buffer.allocUnsafeSlow(this.bytes);
      const copied = piece.copy(this.buffer, this.filled, at);
      at += copied;
      this.filled += copied;
      if (this.filled === this.bytes) await this.flush();
    }
  }

  async finish(): Promise<readonly CompletedPart[]> {
    if (this.filled > 0) await this.flush();
    await this.settle();
    this.requireNoFailure();
    return this.parts.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
  }

  async settle(): Promise<void> {
    await Promise.all(this.running);
  }

  private async flush(): Promise<void> {
    const { buffer, filled } = this;
    if (buffer === undefined) return;
    this.buffer = undefined;
    this.filled = 0;
    this.number += 1;
    const done = this.send(this.number, buffer.subarray(0, filled))
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => {
        this.free.push(buffer);
        this.running.delete(done);
      });
    this.running.add(done);
    while (this.running.size >= PARTS_AHEAD) await Promise.race(this.running);
    this.requireNoFailure();
  }

  private async send(number: number, body: Buffer): Promise<void> {
    const ChecksumCRC32 = crc32Text(crc32Of(body));
    const { ETag } = await sendBody(
      this.target.client,
      new UploadPartCommand({ ...this.upload, PartNumber: number, ChecksumCRC32, Body: body }),
      this.target.signal,
    );
    this.parts.push({ PartNumber: number, ETag, ChecksumCRC32 });
    this.onSent(body.length);
  }

  private requireNoFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}

async function abort(target: Target, upload: UploadRef, log: Log): Promise<void> {
  try {
    // Not the step's own signal: that one may be the reason for the removal.
    await target.client.send(new AbortMultipartUploadCommand(upload), {
      abortSignal: AbortSignal.timeout(ABORT_MS),
    });
  } catch (error) {
    if ((error as Error | null)?.name === "NoSuchUpload") return;
    log.warn(
      `parts of an upload are left in the bucket until its life cycle removes them: ${messageOf(error)}`,
      { key: upload.Key, uploadId: upload.UploadId },
    );
  }
}
