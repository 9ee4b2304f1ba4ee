import { setTimeout as delay } from "node:timers/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { messageOf, StepError } from "../step/step-error";
import { crc32Of, crc32Text } from "../upload/crc32";
import { httpStatus } from "../upload/target";

const TRIES = 5;
const FIRST_WAIT_MS = 100;

/** A small object as it was read. */
export interface ReadObject {
  readonly text: string;
  /** With its quotes, as conditions want it. */
  readonly etag: string;
}

/**
 * Reads a small object, and again when it came damaged or cut off: what is read here decides what is written, and the
 * SDK tries only requests again, not their bodies.
 */
export async function readObject(
  client: S3Client,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<ReadObject> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await readOnce(client, bucket, key, signal);
    } catch (error) {
      // An answer of S3 has been tried again by the SDK.
      if (httpStatus(error) !== undefined || signal.aborted) throw error;
      if (tries === TRIES)
        throw new StepError(
          "transient",
          `reading ${JSON.stringify(key)} in the bucket ${JSON.stringify(bucket)} failed ${String(TRIES)} times: ${messageOf(error)}`,
          { cause: error },
        );
      await delay(FIRST_WAIT_MS * 2 ** (tries - 1), undefined, { signal });
    }
  }
}

async function readOnce(
  client: S3Client,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<ReadObject> {
  const answer = await client.send(
    new GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }),
    { abortSignal: signal },
  );
  const { Body, ContentLength, ChecksumCRC32, ETag = "" } = answer;
  let bytes: Uint8Array;
  try {
    bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  } catch (error) {
    // Without the answer's status, which was that of a success.
    throw new Error(`its content broke off: ${messageOf(error)}`, { cause: error });
  }
  if (bytes.length !== ContentLength)
    throw new Error(`${String(bytes.length)} of ${String(ContentLength)} bytes came`);
  if (ChecksumCRC32 !== undefined && crc32Text(crc32Of(bytes)) !== ChecksumCRC32)
    throw new Error("its content does not have the CRC-32 that S3 holds of it");
  return { text: Buffer.from(bytes).toString("utf8"), etag: ETag };
}
