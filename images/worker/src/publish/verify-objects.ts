import { HeadObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import type { ManifestFile } from "../../../../modules/contract";
import { openS3Source } from "../archive/s3-source";
import type { Log } from "../log";
import { nameFailure } from "../step/name-failure";
import { listSome, StepError } from "../step/step-error";
import { crc32Of, crc32Text } from "../upload/crc32";
import { httpStatus, isListed, plainEtag, type Target } from "../upload/target";

const HEADS_AT_ONCE = 32;
const READS_AT_ONCE = 2;
const READ_BYTES = 8 * 1024 * 1024;
const PROGRESS_MS = 5000;

/** What was compared, in numbers of objects. */
export interface VerifiedObjects {
  /** All whose checksum is that of the manifest. */
  readonly verified: number;
  /** Those among them that were read, because S3 holds no CRC-32 of their whole content. */
  readonly read: number;
  /** Those that another order has replaced, which is allowed where keys are shared. */
  readonly replaced: number;
}

/** Whether the keys are the delivery's own, or stable ones, which a later order may write to. */
export type KeysOf = "delivery" | "shared";

/**
 * Compares the objects of a delivery with its manifest by checksum: by that which S3 holds of the whole content, and
 * where it holds none, by reading the content.
 *
 * @throws StepError `conflict` that names every object that differs
 */
export async function verifyObjects(
  target: Target,
  files: readonly ManifestFile[],
  log: Log,
  keysOf: KeysOf = "delivery",
): Promise<VerifiedObjects> {
  const faults: string[] = [];
  const toRead: ManifestFile[] = [];
  const count = { verified: 0, read: 0, replaced: 0 };
  const look = async (file: ManifestFile): Promise<void> => {
    const head = await headOf(target, file);
    // An order writes over what another one wrote, and none removes it.
    if (head === undefined) faults.push(`${JSON.stringify(file.key)} is missing`);
    else if (keysOf === "shared" && plainEtag(head.ETag) !== file.etag) count.replaced += 1;
    else if (head.ContentLength === file.size && wholeCrc32(head) === undefined) toRead.push(file);
    else settle(file, head.ContentLength ?? 0, wholeCrc32(head) ?? "unknown");
  };
  const settle = (file: ManifestFile, size: number, crc32: string): void => {
    if (size === file.size && crc32 === file.crc32) count.verified += 1;
    else
      faults.push(
        `${JSON.stringify(file.key)} has ${String(size)} bytes with CRC-32 ${crc32}, ` +
          `expected ${String(file.size)} with ${file.crc32}`,
      );
  };
  const timer = setInterval(() => {
    log.info(`verifying checksums: ${String(count.verified)} of ${String(files.length)} files`);
  }, PROGRESS_MS);
  try {
    await forEach(files, HEADS_AT_ONCE, target.signal, look);
    await forEach(toRead, READS_AT_ONCE, target.signal, async (file) => {
      const crc32 = await readCrc32(target, file);
      count.read += 1;
      if (crc32 === undefined)
        faults.push(`${JSON.stringify(file.key)} was replaced or removed while it was read`);
      else settle(file, file.size, crc32);
    });
  } finally {
    clearInterval(timer);
  }
  if (faults.length > 0)
    throw new StepError(
      "conflict",
      `the bucket ${JSON.stringify(target.bucket)} does not hold what the manifest says: ${listSome(faults.sort())}; ` +
        "something other than the worker writes there: find it, then start a new attempt of the order",
      { faults },
    );
  return count;
}

async function headOf(
  target: Target,
  { key }: ManifestFile,
): Promise<HeadObjectCommandOutput | undefined> {
  const { client, bucket, signal } = target;
  try {
    return await client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }),
      { abortSignal: signal },
    );
  } catch (error) {
    const status = httpStatus(error);
    if (status === 404) return undefined;
    // "Forbidden" is also the answer for an object that is not there, to a role that may list below a prefix only.
    if (status === 403 && !(await isListed(target, key))) return undefined;
    throw nameFailure(error, `${JSON.stringify(key)} could not be looked at`, signal);
  }
}

/** The CRC-32 of the content; that of an upload in parts may be one of the parts' sums, which tells of no content. */
function wholeCrc32({ ChecksumCRC32, ChecksumType }: HeadObjectCommandOutput): string | undefined {
  return ChecksumType === "COMPOSITE" ? undefined : ChecksumCRC32;
}

/** @returns `undefined` when the object is no longer the one of the manifest */
async function readCrc32(
  { client, bucket, signal }: Target,
  { key, etag, size }: ManifestFile,
): Promise<string | undefined> {
  try {
    const source = await openS3Source(client, { kind: "s3", bucket, key, etag }, signal);
    let crc = 0;
    const buffer = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, Math.max(1, size)));
    for (let offset = 0; offset < size; offset += buffer.length) {
      const piece = buffer.subarray(0, Math.min(buffer.length, size - offset));
      await source.read(offset, piece);
      crc = crc32Of(piece, crc);
    }
    return crc32Text(crc);
  } catch (error) {
    if (error instanceof StepError && error.outcome === "badDelivery") return undefined;
    throw error;
  }
}

/** Works on a list with so many at once, and on nothing more once one has failed. */
async function forEach<T>(
  list: readonly T[],
  atOnce: number,
  signal: AbortSignal,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const queue = list.values();
  let failed = false;
  const line = async (): Promise<void> => {
    for (const one of queue) {
      signal.throwIfAborted();
      if (failed) return;
      await work(one).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, line));
}
