import type { S3Client } from "@aws-sdk/client-s3";
import {
  dayKey,
  deliveryPrefix,
  fileKey,
  manifestKey,
  type Manifest,
  type OrderSource,
  type UnpackSettings,
} from "../../../../modules/contract";
import type { RangeSource } from "../archive/range-source";
import { openS3Source } from "../archive/s3-source";
import { addFact } from "../ledger";
import { clearStaging } from "../publish/clear-staging";
import { listObjects, type ListedObject } from "../publish/listing";
import { readManifest, writeManifest } from "../publish/manifest-store";
import { reconcile } from "../publish/reconcile";
import { verifyIfAsked } from "../publish/verify-if-asked";
import type { StepContext } from "../step/context";
import { StepError } from "../step/step-error";
import { transferProgress } from "../step/transfer-progress";
import { withStagedArchive } from "../unpack/staged-archive";
import { unpackArchive } from "../unpack/unpack-archive";
import { writtenAgain } from "../unpack/written-again";
import { BegunUploads } from "../upload/begun-uploads";
import type { Target } from "../upload/target";

/**
 * Unpacks the object that the order came from, from bucket to bucket: no disk, and little memory however large it is; or the
 * archive that the partner's program left in staging, which is emptied then. The manifest is written last. An attempt that ended anywhere is completed by the next.
 */
export async function unpackOrder(
  context: StepContext,
  client: S3Client,
  settings: UnpackSettings,
): Promise<void> {
  const { config, log, stop, record } = context;
  const target: Target = { client, bucket: settings.bucket, signal: stop };
  const key = manifestKey(settings.prefix, config);
  const own = await listObjects(target, deliveryPrefix(settings.prefix, config));
  const manifest = own.has(key)
    ? await unpackedBefore(context, target, settings, await readManifest(target, key), own)
    : await writeManifest(target, key, await unpack(context, target, settings));
  Object.assign(record.counts, manifest.totals);
  log.info("the delivery is whole; its manifest is written", manifest.totals);
  await addFact(client, config.ledgerBucket, dayKey(config.claimedDay, config, "delivered"), {
    schemaVersion: 1,
    orderId: config.orderId,
    bucket: settings.bucket,
    manifest: key,
    ...manifest.totals,
    publishedAt: manifest.publishedAt,
  });
  if (settings.staged !== undefined) await clearStaging(context);
}

/** What is unpacked: where its bytes are, what it is called, and what the manifest tells of it. */
interface Opened {
  readonly source: RangeSource;
  readonly name: string;
  readonly origin: OrderSource;
  readonly counts: () => Record<string, number>;
}

function unpack(context: StepContext, target: Target, settings: UnpackSettings): Promise<Manifest> {
  const { staged } = settings;
  if (staged === undefined)
    return openObject(context, target).then((opened) =>
      unpackOpened(context, target, settings, opened),
    );
  return withStagedArchive(context, staged, ({ source, path }) =>
    unpackOpened(context, target, settings, {
      source,
      name: path,
      origin: context.config.source,
      counts: () => ({}),
    }),
  );
}

async function openObject({ config, stop }: StepContext, target: Target): Promise<Opened> {
  if (config.source.kind !== "s3")
    throw new StepError(
      "configuration",
      `there is nothing to unpack: the order came from a trigger of kind ${JSON.stringify(config.source.kind)}, ` +
        "not from an object; start it by dropping the archive into the bucket",
    );
  const source = await openS3Source(target.client, config.source, stop);
  return {
    source,
    name: config.source.key,
    // With the version that was read, where the event did not tell it.
    origin: { ...config.source, etag: source.etag, ...versionOf(source.versionId) },
    counts: () => ({ archiveRequests: source.requests() }),
  };
}

async function unpackOpened(
  { config, log, stop, record, requireHeld }: StepContext,
  target: Target,
  settings: UnpackSettings,
  { source, name, origin, counts }: Opened,
): Promise<Manifest> {
  const prefix = filesPrefix(settings, { ...config });
  const progress = transferProgress({ doing: "unpacking" }, log);
  const unpacked = await unpackArchive({
    client: target.client,
    source,
    settings,
    singleName: name.split("/").at(-1)?.replace(/\.gz$/iu, ""),
    keyOf: (path) => `${prefix}${path}`,
    listTarget: () => listObjects(target, prefix),
    log,
    stop,
    onProgress: progress.add,
  }).finally(progress.stop);
  // Who has been taken over does not judge what its successor writes.
  await requireHeld("now");
  const { foundThere } = unpacked;
  const listed = await listObjects(target, prefix);
  const shared = settings.files !== "";
  const shown = { files: unpacked.files, listed };
  const { files, ...there } = shared ? await writtenAgain(target, shown) : shown;
  const keys = new Set(files.map((file) => file.key));
  // Where other orders write too, only what this one wrote is looked at.
  reconcile(
    target.bucket,
    files,
    shared ? new Map([...there.listed].filter(([name]) => keys.has(name))) : listed,
  );
  // What killed attempts began. Where other orders write, too, one may be at work now: there it is left to the life cycle.
  if (!shared) await (await BegunUploads.find(target, prefix, log)).abortAll();
  Object.assign(record.counts, { foundThere, ...counts() });
  return {
    schemaVersion: 1,
    partner: config.partner,
    orderKey: config.orderKey,
    attempt: config.attempt,
    orderId: config.orderId,
    source: origin,
    bucket: target.bucket,
    files,
    totals: { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) },
    publishedAt: new Date().toISOString(),
  };
}

function versionOf(versionId: string | undefined): { versionId?: string } {
  return versionId === undefined ? {} : { versionId };
}

/** Prefix of the files' keys: the setting's with the order's id in it, or below the delivery. */
export function filesPrefix(
  { prefix, files }: Pick<UnpackSettings, "prefix" | "files">,
  run: { partner: string; orderKey: string; attempt: number; orderId: string },
): string {
  if (files === "") return fileKey(prefix, run, "");
  if (run.orderId.split("/").some((part) => part === "" || part === "." || part === ".."))
    throw new StepError(
      "badDelivery",
      `the order id ${JSON.stringify(run.orderId)} has empty, "." or ".." parts and can not be part of a key; ` +
        "have the object dropped under another key",
    );
  return files.replaceAll("{orderId}", () => run.orderId);
}

/** Makes sure that what an earlier attempt unpacked still is what its manifest says. */
async function unpackedBefore(
  context: StepContext,
  target: Target,
  settings: UnpackSettings,
  manifest: Manifest,
  own: ReadonlyMap<string, ListedObject>,
): Promise<Manifest> {
  const { config, log, record } = context;
  log.info("an earlier attempt has unpacked the order; its manifest is there");
  record.counts["publishedBefore"] = 1;
  // Stable keys may since hold a later order's files: this order was delivered all the same.
  if (settings.files !== "") {
    await verifyIfAsked(context, target, manifest, "shared");
    return manifest;
  }
  const prefix = fileKey(settings.prefix, config, "");
  reconcile(
    target.bucket,
    manifest.files,
    new Map([...own].filter(([name]) => name.startsWith(prefix))),
  );
  await verifyIfAsked(context, target, manifest);
  return manifest;
}
