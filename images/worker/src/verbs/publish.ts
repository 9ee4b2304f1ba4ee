import type { S3Client } from "@aws-sdk/client-s3";
import {
  dayKey,
  deliveryPrefix,
  manifestKey,
  type Manifest,
  type PublishTarget,
} from "../../../../modules/contract";
import { addFact } from "../ledger";
import { listObjects } from "../publish/listing";
import { readManifest, writeManifest } from "../publish/manifest-store";
import { publishFiles } from "../publish/publish-files";
import { reconcile } from "../publish/reconcile";
import { emptyStaging, stagingPlace } from "../staging";
import type { StepContext } from "../step/context";
import { messageOf } from "../step/step-error";
import type { Target } from "../upload/target";

/**
 * Publishes what was fetched: all files, then the manifest, then the fact that the order is delivered; at last staging
 * is emptied. Every step of it can be repeated, so that an attempt which ended anywhere is completed by the next.
 */
export async function publishOrder(
  context: StepContext,
  client: S3Client,
  settings: PublishTarget,
): Promise<void> {
  const { config, log, stop, record } = context;
  const target: Target = { client, bucket: settings.bucket, signal: stop };
  const before = await deliveredBefore(context, target, settings);
  const manifest =
    before ??
    (await writeManifest(
      target,
      manifestKey(settings.prefix, config),
      await publishFiles(context, target, settings),
    ));
  Object.assign(record.counts, manifest.totals);
  log.info("the delivery is whole; its manifest is written", manifest.totals);
  await tellDelivered(context, client, manifest, settings);
  await clearStaging(context);
}

/**
 * Finds an earlier attempt's manifest and makes sure that the delivery still is what it says. Nothing of staging is
 * needed then: the earlier attempt may have emptied it.
 */
export async function deliveredBefore(
  { config, log, record }: StepContext,
  target: Target,
  settings: PublishTarget,
): Promise<Manifest | undefined> {
  const manifest = await readManifest(target, manifestKey(settings.prefix, config));
  if (manifest === undefined) return undefined;
  const prefix = `${deliveryPrefix(settings.prefix, config)}files/`;
  reconcile(target.bucket, manifest.files, await listObjects(target, prefix));
  log.info("an earlier attempt has published the order; the delivery agrees with its manifest");
  record.counts["publishedBefore"] = 1;
  return manifest;
}

async function tellDelivered(
  { config }: StepContext,
  client: S3Client,
  manifest: Manifest,
  settings: PublishTarget,
): Promise<void> {
  await addFact(client, config.ledgerBucket, dayKey(config.claimedDay, config, "delivered"), {
    schemaVersion: 1,
    orderId: config.orderId,
    bucket: settings.bucket,
    manifest: manifestKey(settings.prefix, config),
    ...manifest.totals,
    publishedAt: manifest.publishedAt,
  });
}

async function clearStaging({ config, log, record }: StepContext): Promise<void> {
  try {
    await emptyStaging(stagingPlace(config.root, config));
  } catch (error) {
    // The order is delivered; what is left costs storage until it is swept, and is no reason to fail.
    record.counts["stagingLeft"] = 1;
    log.warn(`staging could not be emptied: ${messageOf(error)}`);
  }
}
