import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { httpStatus, plainEtag } from "../upload/target";
import { unreadable } from "./input-fault";
import type { InputFile } from "./input-file";

/** Looks for sizes, at once. */
const LOOKS_AT_ONCE = 16;

/** A file whose size is known. */
export interface SizedFile extends InputFile {
  readonly size: number;
}

/** Asks S3 for the sizes that the list does not tell, and pins the state that was found. */
export async function withSizes(
  client: S3Client,
  bucket: string,
  files: readonly InputFile[],
  signal: AbortSignal,
): Promise<readonly SizedFile[]> {
  const sized: SizedFile[] = [];
  const queue = [...files.entries()];
  const look = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [place, file] = next;
      const { size } = file;
      sized[place] =
        size === undefined ? await ask(client, bucket, file, signal) : { ...file, size };
    }
  };
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look));
  return sized;
}

async function ask(
  client: S3Client,
  bucket: string,
  file: InputFile,
  signal: AbortSignal,
): Promise<SizedFile> {
  try {
    const { ContentLength, ETag } = await client.send(
      new HeadObjectCommand({
        Bucket: bucket,
        Key: file.key,
        VersionId: file.versionId,
        ...(file.etag === undefined ? {} : { IfMatch: `"${file.etag}"` }),
      }),
      { abortSignal: signal },
    );
    return { ...file, size: ContentLength ?? 0, etag: plainEtag(ETag) };
  } catch (error) {
    throw unreadable(bucket, file, httpStatus(error), error);
  }
}
