import { join } from "node:path";
import {
  fileKey,
  type Manifest,
  type ManifestFile,
  type PublishTarget,
} from "../../../../modules/contract";
import { stagingPlace, type StagingPlace } from "../staging";
import type { StepContext } from "../step/context";
import { collectFaults, joinFaults } from "../step/join-faults";
import { listSome, StepError } from "../step/step-error";
import { transferProgress } from "../step/transfer-progress";
import { BegunUploads } from "../upload/begun-uploads";
import { contentTypeOf } from "../upload/content-type";
import type { SentFile, UploadFile } from "../upload/file-sender";
import type { Target } from "../upload/target";
import { UploadJournal } from "../upload/upload-journal";
import { uploadFiles } from "../upload/uploader";
import { requireRules, runBeforePublish } from "./delivery-rules";
import { fetchedFiles, STAGING_CHANGED } from "./fetched-files";
import { listObjects, type ListedObject } from "./listing";
import { pathMatcher } from "./patterns";
import { quarantine } from "./quarantine";
import { reconcile } from "./reconcile";
import { listingDigest, scanDelivery, type ScannedFile } from "./scan";
import { verifyChecksums } from "./verify-checksums";

/** Longest key in bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/**
 * Verifies and uploads all files of a delivery; returns its manifest, which is still to be written.
 *
 * @param there - what the target holds of the delivery already
 */
export async function publishFiles(
  context: StepContext,
  target: Target,
  settings: PublishTarget,
  there: ReadonlyMap<string, ListedObject>,
): Promise<Manifest> {
  const { config, log, stop, record } = context;
  const place = stagingPlace(config);
  const scanned = await fetchedFiles(place);
  const files = toUpload(place, scanned, context, settings);
  try {
    await verify(context, place, settings, files);
  } catch (error) {
    const bad = error instanceof StepError && error.outcome === "badDelivery";
    if (!bad || settings.quarantine === false) throw error;
    throw await quarantine(context, target, settings, files, error);
  }

  const prefix = fileKey(settings.prefix, config, "");
  const begun = await BegunUploads.find(target, prefix, log, new UploadJournal(place.journal));
  const progress = transferProgress(
    {
      doing: "publishing",
      files: files.length,
      bytes: files.reduce((sum, { identity }) => sum + identity.size, 0),
    },
    log,
  );
  const sent = await uploadFiles(
    {
      client: target.client,
      bucket: target.bucket,
      log,
      stop,
      known: there,
      begun,
      beforeComplete: () => context.requireHeld(),
      onResumed: (bytes) => {
        record.counts["resumedBytes"] = (record.counts["resumedBytes"] ?? 0) + bytes;
      },
      onProgress: progress.add,
    },
    files,
  ).finally(progress.stop);
  // Once more, for files that came or went meanwhile; changes of the files themselves were noticed at reading.
  if (listingDigest(await scanDelivery(place.files)) !== listingDigest(scanned))
    throw new StepError("badDelivery", STAGING_CHANGED);

  const listed = files.map((file) => manifestFile(file, sent));
  reconcile(target.bucket, listed, await listObjects(target, prefix));
  // Begun by attempts that were killed, and not gone on with.
  await begun.abortAll();
  const count = (wanted: SentFile["how"]): number =>
    [...sent.values()].filter(({ how }) => how === wanted).length;
  record.counts["foundThere"] = count("there");
  if (settings.ifTaken === "skip") record.counts["kept"] = count("kept");
  return {
    schemaVersion: 1,
    partner: config.partner,
    orderKey: config.orderKey,
    attempt: config.attempt,
    orderId: config.orderId,
    source: config.source,
    bucket: target.bucket,
    files: listed,
    totals: { files: listed.length, bytes: listed.reduce((sum, { size }) => sum + size, 0) },
    publishedAt: new Date().toISOString(),
  };
}

function toUpload(
  place: StagingPlace,
  files: readonly ScannedFile[],
  { config }: StepContext,
  settings: PublishTarget,
): readonly UploadFile[] {
  const uploads = files.map((identity) => ({
    path: identity.path,
    location: join(place.files, identity.path),
    identity,
    key: fileKey(settings.prefix, config, identity.path),
    contentType: contentTypeOf(identity.path),
    ifTaken: settings.ifTaken,
  }));
  const tooLong = uploads.filter(({ key }) => Buffer.byteLength(key) > MAX_KEY_BYTES);
  if (tooLong.length > 0)
    throw new StepError(
      "badDelivery",
      `keys would be longer than ${String(MAX_KEY_BYTES)} bytes of UTF-8, the limit of S3: ` +
        listSome(
          tooLong.map(({ path }) => JSON.stringify(path)),
          3,
        ),
    );
  return uploads;
}

/** All that is looked at before anything is published; what is wrong is told together. */
async function verify(
  context: StepContext,
  place: StagingPlace,
  settings: PublishTarget,
  files: readonly UploadFile[],
): Promise<void> {
  const { log, stop, record } = context;
  const { checksumFiles, batchManifests = [], beforePublish } = settings;
  const found: StepError[] = [];
  const compared = await collectFaults(found, () =>
    verifyChecksums({ files, patterns: checksumFiles, manifests: batchManifests, log, stop }),
  );
  if (compared !== undefined) record.counts["checksumsCompared"] = compared;
  const lists = checksumFiles.map(pathMatcher);
  const content = files.filter(({ path }) => !lists.some((matches) => matches(path)));
  await collectFaults(found, () => {
    requireRules(content, settings);
  });
  // Also of a delivery that does not hold: who releases it has to know what the command found.
  if (beforePublish !== undefined)
    await collectFaults(found, () => runBeforePublish(context, place.files, beforePublish));
  if (found.length > 0) throw joinFaults(found);
}

function manifestFile(file: UploadFile, sent: ReadonlyMap<string, SentFile>): ManifestFile {
  const { path, key, contentType, identity } = file;
  const object = sent.get(key);
  if (object === undefined) throw new Error(`the upload of ${JSON.stringify(path)} left no result`);
  const { crc32, etag, versionId, size = identity.size, how } = object;
  return {
    path,
    key,
    size,
    crc32,
    etag,
    ...(versionId === undefined ? {} : { versionId }),
    contentType,
    ...(how === "kept" ? { kept: true } : {}),
  };
}
