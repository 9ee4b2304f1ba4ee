import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { StepError } from "../step/step-error";

/** A bucket that is written to, until the signal says stop. */
export interface Target {
  readonly client: S3Client;
  readonly bucket: string;
  readonly signal: AbortSignal;
  /** Ends bodies that are on their way. @default - `signal` does */
  readonly inFlight?: AbortSignal;
}

/** What an object must be. */
export interface Expected {
  readonly key: string;
  readonly size: number;
  /** Base64 of the CRC-32 of the whole content. */
  readonly crc32: string;
}

/** What S3 tells of an object that it holds. */
export interface Written {
  readonly etag: string;
  readonly versionId?: string | undefined;
}

/** Something else than what was expected under a key. */
export interface Other extends Written {
  readonly size: number;
  /** Base64 of the CRC-32 of the whole content, where S3 holds one. */
  readonly crc32: string | undefined;
}

/** What a key of the target holds, compared with what is expected there. */
export type Found =
  | { readonly state: "free" }
  | { readonly state: "same"; readonly object: Written }
  | { readonly state: "other"; readonly object: Other };

/** Takes the quotes off an entity tag. */
export function plainEtag(etag: string | undefined): string {
  return (etag ?? "").replace(/^"|"$/gu, "");
}

/**
 * Looks whether the target holds exactly the expected bytes under a key.
 *
 * @returns `undefined` when it holds nothing there
 * @throws StepError `conflict` when it holds something else
 */
export async function findSame(target: Target, expected: Expected): Promise<Written | undefined> {
  const found = await lookAt(target, expected);
  if (found.state === "other") throw conflict(target.bucket, expected, found.object);
  return found.state === "same" ? found.object : undefined;
}

/** Looks what the target holds under a key. */
export async function lookAt(target: Target, expected: Expected): Promise<Found> {
  const { client, bucket, signal } = target;
  try {
    const head = await client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: expected.key, ChecksumMode: "ENABLED" }),
      { abortSignal: signal },
    );
    const object = { etag: plainEtag(head.ETag), versionId: head.VersionId };
    if (head.ContentLength === expected.size && head.ChecksumCRC32 === expected.crc32)
      return { state: "same", object };
    const { ContentLength: size = 0, ChecksumCRC32: crc32 } = head;
    return { state: "other", object: { ...object, size, crc32 } };
  } catch (error) {
    const status = httpStatus(error);
    if (status === 404) return { state: "free" };
    if (status !== 403) throw error;
    // "Forbidden" is also the answer for an object that is not there, to a role that may list below a prefix only.
    if (!(await isListed(target, expected.key))) return { state: "free" };
    throw new StepError(
      "configuration",
      `reading ${JSON.stringify(expected.key)} in the bucket ${JSON.stringify(bucket)} was refused; ` +
        "the job's role needs s3:GetObject there, and kms:Decrypt where the bucket has a key",
      { cause: error },
    );
  }
}

/** Looks whether a listing shows a key, for roles that are told "forbidden" of what is not there. */
export async function isListed({ client, bucket, signal }: Target, key: string): Promise<boolean> {
  const page = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1, EncodingType: "url" }),
    { abortSignal: signal },
  );
  // The first key with this prefix is the key itself, where it is there: a listing is sorted.
  return decodeListedKey(page.Contents?.[0]?.Key ?? "", page.EncodingType) === key;
}

/** Decodes a key of a listing: where S3 says so it is encoded as in a form, a space as `+`. */
export function decodeListedKey(key: string, encoding: string | undefined): string {
  return encoding === "url" ? decodeURIComponent(key.replace(/\+/gu, " ")) : key;
}

/** The HTTP status of an answer that the SDK turned into an error. */
export function httpStatus(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

/** The error for a key that holds other bytes than it should. */
export function conflict(
  bucket: string,
  expected: Expected,
  { size, crc32 }: Pick<Other, "size" | "crc32">,
): StepError {
  return new StepError(
    "conflict",
    `the bucket ${JSON.stringify(bucket)} holds other bytes under ${JSON.stringify(expected.key)}: ` +
      `${String(size)} bytes with CRC-32 ${crc32 ?? "unknown"}, ` +
      `expected ${String(expected.size)} bytes with CRC-32 ${expected.crc32}; ` +
      "nothing was overwritten: start a new attempt of the order, which has keys of its own",
  );
}
