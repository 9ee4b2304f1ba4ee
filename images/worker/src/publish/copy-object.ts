import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";
import type { ManifestFile } from "../../../../modules/contract";
import { StepError } from "../step/step-error";
import type { Target } from "../upload/target";

/** Most that S3 copies in one request. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const COPY_MAX_BYTES = 5 * 1024 ** 3;
const PART_BYTES = 1024 ** 3;
const PARTS_AT_ONCE = 8;

/** Where a copy goes. */
export interface CopyTarget {
  readonly key: string;
  /** Etag of the object that is written over. @default - the key must be free */
  readonly replaces: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Copies a delivered file within its bucket: S3 does it, nothing comes through this process. Both ends are conditions: the
 * file still is the delivered one, and the key still holds what was looked at.
 */
export async function copyObject(
  target: Target,
  source: ManifestFile,
  to: CopyTarget,
  { maxBytes = COPY_MAX_BYTES, partBytes = PART_BYTES } = {},
): Promise<void> {
  if (source.size > maxBytes) return copyInParts(target, source, to, partBytes);
  const { client, bucket, signal } = target;
  const { CopyObjectResult } = await client.send(
    new CopyObjectCommand({
      ...fromTo(bucket, source, to),
      ...condition(to),
      ContentType: source.contentType,
      MetadataDirective: "REPLACE",
      Metadata: { ...to.metadata },
      ChecksumAlgorithm: "CRC32",
    }),
    { abortSignal: signal },
  );
  const copied = CopyObjectResult?.ChecksumCRC32;
  if (copied !== undefined && copied !== source.crc32)
    throw new StepError(
      "transient",
      `S3 copied ${JSON.stringify(source.key)} to ${JSON.stringify(to.key)} with the CRC-32 ${copied}, expected ${source.crc32}`,
    );
}

async function copyInParts(
  { client, bucket, signal }: Target,
  source: ManifestFile,
  to: CopyTarget,
  partBytes: number,
): Promise<void> {
  const place = { Bucket: bucket, Key: to.key };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...place,
      ContentType: source.contentType,
      Metadata: { ...to.metadata },
      ChecksumAlgorithm: "CRC32",
      ChecksumType: "FULL_OBJECT",
    }),
    { abortSignal: signal },
  );
  const upload = { ...place, UploadId };
  try {
    const parts: CompletedPart[] = [];
    const numbers = Array.from({ length: Math.ceil(source.size / partBytes) }, (_, at) => at + 1);
    const line = async (): Promise<void> => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
        const begin = (number - 1) * partBytes;
        const end = Math.min(begin + partBytes, source.size) - 1;
        const { CopyPartResult } = await client.send(
          new UploadPartCopyCommand({
            ...fromTo(bucket, source, to),
            UploadId,
            PartNumber: number,
            CopySourceRange: `bytes=${String(begin)}-${String(end)}`,
          }),
          { abortSignal: signal },
        );
        const { ETag, ChecksumCRC32 } = CopyPartResult ?? {};
        parts.push({ PartNumber: number, ETag, ChecksumCRC32 });
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, line));
    await client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        ...condition(to),
        ChecksumType: "FULL_OBJECT",
        ChecksumCRC32: source.crc32,
        MpuObjectSize: source.size,
        MultipartUpload: {
          Parts: parts.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0)),
        },
      }),
      { abortSignal: signal },
    );
  } catch (error) {
    // Where even this fails, the life cycle of the bucket removes the parts.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

const fromTo = (
  bucket: string,
  source: ManifestFile,
  to: CopyTarget,
): { Bucket: string; Key: string; CopySource: string; CopySourceIfMatch: string } => ({
  Bucket: bucket,
  Key: to.key,
  CopySource: [bucket, ...source.key.split("/")].map(encodeURIComponent).join("/"),
  CopySourceIfMatch: `"${source.etag}"`,
});

const condition = ({ replaces }: CopyTarget): { IfMatch: string } | { IfNoneMatch: "*" } =>
  replaces === undefined ? { IfNoneMatch: "*" } : { IfMatch: replaces };
