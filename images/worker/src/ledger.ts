import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { retryConflict } from "./aws/retry-conflict";
import { nameFailure } from "./step/name-failure";
import { crc32Of, crc32Text } from "./upload/crc32";
import { httpStatus } from "./upload/target";

/** How long a fact may take; the end of a job is near when it is written. */
const WRITE_MS = 15_000;

/**
 * Adds a fact to the ledger. Facts are never overwritten.
 *
 * @returns false when the fact was there already
 */
export async function addFact(
  client: S3Client,
  bucket: string,
  key: string,
  fact: unknown,
): Promise<boolean> {
  const body = Buffer.from(`${JSON.stringify(fact)}\n`);
  try {
    await retryConflict(() =>
      client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: "application/json",
          ChecksumCRC32: crc32Text(crc32Of(body)),
          IfNoneMatch: "*",
        }),
        { abortSignal: AbortSignal.timeout(WRITE_MS) },
      ),
    );
    return true;
  } catch (error) {
    if (httpStatus(error) === 412) return false;
    throw nameFailure(error, `the fact ${JSON.stringify(key)} could not be added to the ledger`);
  }
}
