import type { S3Client } from "@aws-sdk/client-s3";
import {
  dayKey,
  fileKey,
  manifestKey,
  type Manifest,
  type MergeSettings,
} from "../../../../modules/contract";
import { addFact } from "../ledger";
import { attemptsOf } from "../process/find-work";
import { joinParts, readParts } from "../process/parts";
import { listObjects, type ListedObject } from "../publish/listing";
import { readManifest, writeManifest } from "../publish/manifest-store";
import { reconcile } from "../publish/reconcile";
import { stableFaults, switchStableKeys } from "../publish/stable-keys";
import { verifyIfAsked } from "../publish/verify-if-asked";
import type { StepContext } from "../step/context";
import { StepError } from "../step/step-error";
import { BegunUploads } from "../upload/begun-uploads";
import type { Target } from "../upload/target";

/**
 * Makes one delivery of what the children of an array delivered: all parts are there and fit, every result is in the
 * bucket as it was told; then the manifest is written.
 */
export async function mergeParts(
  context: StepContext,
  client: S3Client,
  settings: MergeSettings,
): Promise<void> {
  const { config, log, stop, record } = context;
  const target: Target = { client, bucket: settings.bucket, signal: stop };
  const key = manifestKey(settings.prefix, config);
  const there = (await listObjects(target, key)).has(key);
  const manifest = there
    ? await readManifest(target, key)
    : await merge(context, target, settings, key);
  if (there) {
    log.info("an earlier try has merged the order; its manifest is there");
    await verifyIfAsked(context, target, manifest);
  }
  Object.assign(record.counts, manifest.totals);
  log.info("the delivery is whole; its manifest is written", manifest.totals);
  await switchStableKeys(context, target, settings.stable ?? [], manifest);
  await addFact(client, config.ledgerBucket, dayKey(config.claimedDay, config, "delivered"), {
    schemaVersion: 1,
    orderId: config.orderId,
    bucket: settings.bucket,
    manifest: key,
    ...manifest.totals,
    publishedAt: manifest.publishedAt,
  });
}

async function merge(
  context: StepContext,
  target: Target,
  { prefix, minFiles, stable = [] }: MergeSettings,
  key: string,
): Promise<Manifest> {
  const { config, log, record } = context;
  const files = joinParts(await readParts(target, prefix, config));
  if (files.length < minFiles)
    throw new StepError(
      "badDelivery",
      `the order has ${String(files.length)} results, fewer than minFiles, ${String(minFiles)}; look at the list and at the program`,
    );
  const faults = stableFaults(
    files.map(({ path }) => path),
    stable,
  );
  if (faults.length > 0)
    throw new StepError(
      "badDelivery",
      `the delivery ${faults.join("; it ")}; no manifest was written`,
    );
  const listed = new Map<string, ListedObject>();
  for (const each of attemptsOf(config)) {
    const below = fileKey(prefix, { ...config, attempt: each }, "");
    for (const [name, object] of await listObjects(target, below)) listed.set(name, object);
    // All children have ended: what is still begun was begun by one that was killed.
    await (await BegunUploads.find(target, below, log)).abortAll();
  }
  const keys = new Set(files.map((file) => file.key));
  // A try that was killed may have left results which the next one did not make again.
  const strays = [...listed.keys()].filter((name) => !keys.has(name));
  if (strays.length > 0)
    log.warn("results that no part tells of are left where they are", {
      strays: strays.length,
      first: strays[0],
    });
  record.counts["strays"] = strays.length;
  reconcile(target.bucket, files, new Map([...listed].filter(([name]) => keys.has(name))));
  await context.requireHeld("now");
  return writeManifest(target, key, {
    schemaVersion: 1,
    partner: config.partner,
    orderKey: config.orderKey,
    attempt: config.attempt,
    orderId: config.orderId,
    source: config.source,
    bucket: target.bucket,
    files,
    totals: { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) },
    publishedAt: new Date().toISOString(),
  });
}
