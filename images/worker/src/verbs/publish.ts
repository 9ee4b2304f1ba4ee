import type { S3Client } from "@aws-sdk/client-s3";
import {
  dayKey,
  manifestKey,
  type Manifest,
  type PublishTarget,
} from "../../../../modules/contract";
import { addFact } from "../ledger";
import { clearStaging } from "../publish/clear-staging";
import { findDelivery, type FoundDelivery } from "../publish/find-delivery";
import { writeManifest } from "../publish/manifest-store";
import { publishFiles } from "../publish/publish-files";
import { reconcile } from "../publish/reconcile";
import { switchStableKeys } from "../publish/stable-keys";
import { verifyIfAsked } from "../publish/verify-if-asked";
import type { StepContext } from "../step/context";
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
  const found = await findDelivery(target, settings, config);
  const manifest =
    found.manifest === undefined
      ? await publishNow(context, target, settings, found)
      : await publishedBefore(context, target, found.manifest, found.files);
  Object.assign(record.counts, manifest.totals);
  log.info("the delivery is whole; its manifest is written", manifest.totals);
  await switchStableKeys(context, target, settings.stable ?? [], manifest);
  await tellDelivered(context, client, manifest, settings);
  await clearStaging(context);
}

async function publishNow(
  context: StepContext,
  target: Target,
  settings: PublishTarget,
  found: FoundDelivery,
): Promise<Manifest> {
  const manifest = await publishFiles(context, target, settings, found.files);
  await context.requireHeld("now");
  return writeManifest(target, manifestKey(settings.prefix, context.config), manifest);
}

/**
 * Makes sure that the delivery of an earlier attempt still is what its manifest says. Nothing of staging is needed
 * then: the earlier attempt may have emptied it.
 */
async function publishedBefore(
  context: StepContext,
  target: Target,
  manifest: Manifest,
  files: FoundDelivery["files"],
): Promise<Manifest> {
  const { log, record } = context;
  reconcile(target.bucket, manifest.files, files);
  await verifyIfAsked(context, target, manifest);
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
