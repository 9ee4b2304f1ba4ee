import {
  QUARANTINED_COUNT,
  quarantinedFileKey,
  quarantinePrefix,
  quarantineReasonKey,
  type PublishTarget,
  type QuarantineReason,
} from "../../../../modules/contract";
import { retryConflict } from "../aws/retry-conflict";
import type { StepContext } from "../step/context";
import { nameFailure } from "../step/name-failure";
import { StepError } from "../step/step-error";
import { BegunUploads } from "../upload/begun-uploads";
import { crc32Of, crc32Text } from "../upload/crc32";
import type { UploadFile } from "../upload/file-sender";
import { putObject } from "../upload/put-object";
import { httpStatus, type Target } from "../upload/target";
import { uploadFiles } from "../upload/uploader";
import { listObjects } from "./listing";

/**
 * Puts a delivery that does not hold into quarantine: all of its files, and the reason last. Nothing of it is where
 * readers look. Repeating it is safe: what is there already is compared.
 *
 * @returns the error to end with, which tells where the files are
 */
export async function quarantine(
  context: StepContext,
  target: Target,
  settings: PublishTarget,
  files: readonly UploadFile[],
  fault: StepError,
): Promise<StepError> {
  const { config, log, stop, record } = context;
  const prefix = quarantinePrefix(config);
  const moved = files.map((file) => ({
    ...file,
    key: quarantinedFileKey(config, file.path),
    ifTaken: undefined,
  }));
  log.warn("the delivery does not hold; it is put into quarantine", { prefix });
  const begun = await BegunUploads.find(target, prefix, log);
  const sent = await uploadFiles(
    {
      client: target.client,
      bucket: target.bucket,
      log,
      stop,
      known: await listObjects(target, prefix),
      begun,
      beforeComplete: () => context.requireHeld(),
      onProgress: () => undefined,
    },
    moved,
  );
  await begun.abortAll();
  const { partner, orderKey, attempt, step, generation, orderId } = config;
  const reason: QuarantineReason = {
    schemaVersion: 1,
    ...{ partner, orderKey, attempt, step, generation, orderId },
    bucket: settings.bucket,
    prefix: settings.prefix,
    faults: fault.faults,
    files: moved.map(({ path, key, identity, contentType }) => ({
      path,
      size: identity.size,
      crc32: sent.get(key)?.crc32 ?? "",
      contentType,
    })),
    quarantinedAt: new Date().toISOString(),
  };
  await context.requireHeld("now");
  await writeReason(target, quarantineReasonKey(config), reason);
  record.counts[QUARANTINED_COUNT] = moved.length;
  return new StepError(
    fault.outcome,
    `${fault.message}; its ${String(moved.length)} files lie below ${JSON.stringify(prefix)} ` +
      `in the bucket ${JSON.stringify(target.bucket)}`,
    { cause: fault },
  );
}

async function writeReason(target: Target, key: string, reason: QuarantineReason): Promise<void> {
  const body = Buffer.from(`${JSON.stringify(reason)}\n`);
  const crc32 = crc32Text(crc32Of(body));
  try {
    await retryConflict(() =>
      putObject(target, { key, body, contentType: "application/json", crc32 }),
    );
  } catch (error) {
    // An earlier attempt, or this one before its answer was lost, has told it.
    if (httpStatus(error) !== 412)
      throw nameFailure(error, `${JSON.stringify(key)} could not be written`, target.signal);
  }
}
