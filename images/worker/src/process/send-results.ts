import { join } from "node:path";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { fileKey, type PartFile } from "../../../../modules/contract";
import { scanDelivery } from "../publish/scan";
import type { StepContext } from "../step/context";
import { StepError } from "../step/step-error";
import { contentTypeOf } from "../upload/content-type";
import type { SentFile, UploadFile } from "../upload/file-sender";
import { httpStatus, plainEtag, type Target } from "../upload/target";
import { uploadFiles } from "../upload/uploader";
import type { InputFile } from "./input-file";

/** Longest key in bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** What the program made of a file, or of all files of a part. */
export interface Results {
  /** Directory that the program wrote to. */
  readonly directory: string;
  /** Results are delivered below this path. */
  readonly below: string;
  /** The file that they were made from. */
  readonly input: InputFile;
}

/**
 * Sends what the program wrote. Where a try before this one was ended between sending and telling it, its results are
 * written over: nobody was told of them, and many programs never make the same bytes twice.
 */
export async function sendResults(
  context: StepContext,
  target: Target,
  prefix: string,
  { directory, below, input }: Results,
): Promise<readonly PartFile[]> {
  const { config } = context;
  const uploads = (await scanDelivery(directory)).map((identity): UploadFile => {
    const path = below === "" ? identity.path : `${below}/${identity.path}`;
    const key = fileKey(prefix, config, path);
    if (Buffer.byteLength(key) > MAX_KEY_BYTES)
      throw new StepError(
        "badDelivery",
        `the result ${JSON.stringify(path)} of ${JSON.stringify(input.key)} gives a key of more than ${String(MAX_KEY_BYTES)} bytes, the limit of S3; ` +
          "have the program take shorter names",
      );
    return {
      path,
      location: join(directory, identity.path),
      identity,
      key,
      contentType: contentTypeOf(path),
    };
  });
  const sent = await sendAll(context, target, uploads);
  return uploads.map(({ path, key, contentType, identity }) => {
    const object = sent.get(key);
    if (object === undefined)
      throw new Error(`the upload of ${JSON.stringify(path)} left no result`);
    const { crc32, etag, versionId } = object;
    return {
      path,
      key,
      size: identity.size,
      crc32,
      etag,
      ...(versionId === undefined ? {} : { versionId }),
      contentType,
      input: input.key,
    };
  });
}

async function sendAll(
  context: StepContext,
  target: Target,
  uploads: readonly UploadFile[],
): Promise<ReadonlyMap<string, SentFile>> {
  const { log, stop, record, requireHeld } = context;
  const send = (files: readonly UploadFile[]): Promise<ReadonlyMap<string, SentFile>> =>
    uploadFiles(
      {
        client: target.client,
        bucket: target.bucket,
        log,
        stop,
        known: { has: () => false },
        beforeComplete: () => requireHeld(),
        onProgress: (bytes) => {
          record.counts["bytesOut"] = (record.counts["bytesOut"] ?? 0) + bytes;
        },
      },
      files,
    );
  try {
    return await send(uploads);
  } catch (error) {
    if (!(error instanceof StepError) || error.outcome !== "conflict") throw error;
    await requireHeld("now");
    const sent = await send(await Promise.all(uploads.map((file) => overOther(target, file))));
    record.counts["replaced"] = (record.counts["replaced"] ?? 0) + 1;
    return sent;
  }
}

/** The same upload, in place of the object that is there now. */
async function overOther(target: Target, file: UploadFile): Promise<UploadFile> {
  try {
    const { ETag } = await target.client.send(
      new HeadObjectCommand({ Bucket: target.bucket, Key: file.key }),
      { abortSignal: target.signal },
    );
    return { ...file, replaces: plainEtag(ETag) };
  } catch (error) {
    if (httpStatus(error) === 404) return file;
    throw error;
  }
}
