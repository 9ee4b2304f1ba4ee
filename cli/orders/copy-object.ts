import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { asked } from "./cloud-error";

/** A copy within S3. */
export interface Copy {
  readonly bucket: string;
  readonly source: string;
  readonly target: string;
  readonly key: string;
  readonly size: number;
  readonly contentType: string;
}

/** Largest copy in one request. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const ONE_COPY_BYTES = 5 * 1024 ** 3;

/** 10,000 parts of this size are more than an object can have. */
const PART_BYTES = 1024 ** 3;

/** Copies an object within S3, in parts where it is too large for one request. S3 computes the CRC-32 of the copy. */
export async function copyObject(
  s3: S3Client,
  copy: Copy,
  limits = { oneCopy: ONE_COPY_BYTES, part: PART_BYTES },
): Promise<void> {
  const what = `copy ${JSON.stringify(copy.source)} to ${JSON.stringify(copy.key)}`;
  if (copy.size <= limits.oneCopy)
    await asked(
      what,
      s3.send(
        new CopyObjectCommand({
          Bucket: copy.target,
          Key: copy.key,
          CopySource: sourceOf(copy),
          ChecksumAlgorithm: "CRC32",
          MetadataDirective: "REPLACE",
          ContentType: copy.contentType,
        }),
      ),
    );
  else await asked(what, inParts(s3, copy, limits.part));
}

const sourceOf = ({ bucket, source }: Copy): string =>
  [bucket, ...source.split("/")].map(encodeURIComponent).join("/");

async function inParts(s3: S3Client, copy: Copy, partBytes: number): Promise<void> {
  const at = { Bucket: copy.target, Key: copy.key };
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      ...at,
      ChecksumAlgorithm: "CRC32",
      ChecksumType: "FULL_OBJECT",
      ContentType: copy.contentType,
    }),
  );
  try {
    const parts: CompletedPart[] = [];
    for (let from = 0; from < copy.size; from += partBytes) {
      const PartNumber = parts.length + 1;
      const last = Math.min(from + partBytes, copy.size) - 1;
      const { CopyPartResult } = await s3.send(
        new UploadPartCopyCommand({
          ...at,
          UploadId,
          PartNumber,
          CopySource: sourceOf(copy),
          CopySourceRange: `bytes=${String(from)}-${String(last)}`,
        }),
      );
      const { ETag, ChecksumCRC32 } = CopyPartResult ?? {};
      parts.push({ PartNumber, ETag, ChecksumCRC32 });
    }
    await s3.send(
      new CompleteMultipartUploadCommand({
        ...at,
        UploadId,
        MultipartUpload: { Parts: parts },
        ChecksumType: "FULL_OBJECT",
      }),
    );
  } catch (error) {
    // What is left behind would be paid for; the first error is the one to tell.
    await s3.send(new AbortMultipartUploadCommand({ ...at, UploadId })).catch(() => undefined);
    throw error;
  }
}
