import type { S3Client } from "@aws-sdk/client-s3";
import {
  dayKey,
  fileKey,
  manifestKey,
  type Manifest,
  type RunRef,
} from "../../../../modules/contract";
import { addFact } from "../ledger";
import { attemptsOf } from "../process/find-work";
import { listObjects } from "../publish/listing";
import { readManifest } from "../publish/manifest-store";
import { stableCopies } from "../publish/stable-keys";
import { verifyObjects } from "../publish/verify-objects";
import type { DeliveringSettings } from "../settings";
import type { StepContext } from "../step/context";
import { listSome, StepError } from "../step/step-error";
import type { Target } from "../upload/target";

/**
 * Compares what an earlier attempt delivered with its manifest, by checksum. Nothing is fetched, uploaded or switched: what
 * differs ends the attempt and is named, and what agrees is what this attempt delivered, too.
 *
 * @param verifies - the attempt that delivered, or went on from the one that did
 */
export async function verifyDelivery(
  context: StepContext,
  client: S3Client,
  settings: DeliveringSettings,
  verifies: number,
): Promise<void> {
  const { config, log, stop, record } = context;
  const target: Target = { client, bucket: settings.bucket, signal: stop };
  const run = await findRun(target, settings.prefix, { ...config, attempt: verifies });
  const key = manifestKey(settings.prefix, run);
  const manifest = await readManifest(target, key);
  // Below keys that readers know a later order may have written: it is allowed to.
  const shared = settings.kind === "unpack" && settings.files !== "";
  log.info("comparing what was delivered with its manifest", { manifest: key });
  const stable = "stable" in settings ? (settings.stable ?? []) : [];
  const copies = await stableCopies(target, stable, manifest);
  const { verified, read, replaced } = await verifyObjects(
    target,
    [...manifest.files, ...copies.files],
    log,
    shared ? "shared" : "delivery",
  );
  // Children of an array that were killed may have left results that no part tells of.
  if (!shared && settings.kind !== "merge")
    await refuseStrays(target, fileKey(settings.prefix, run, ""), manifest);
  Object.assign(record.counts, {
    ...manifest.totals,
    verified,
    verifiedByReading: read,
    verifiedAttempt: run.attempt,
    ...(shared ? { replacedSince: replaced } : {}),
    ...(stable.length === 0 ? {} : { stableKeys: copies.files.length, newerThere: copies.others }),
  });
  log.info("the objects have the checksums that the manifest tells", { verified, read, replaced });
  await addFact(client, config.ledgerBucket, dayKey(config.claimedDay, config, "delivered"), {
    schemaVersion: 1,
    orderId: config.orderId,
    bucket: settings.bucket,
    manifest: key,
    ...manifest.totals,
    publishedAt: manifest.publishedAt,
  });
}

/** The attempt whose delivery it is: the one that is verified, or one before it whose steps were not done again. */
async function findRun(
  target: Target,
  prefix: string,
  run: RunRef & { readonly stagingAttempt?: number | undefined },
): Promise<RunRef> {
  for (const attempt of attemptsOf(run)) {
    const candidate = { partner: run.partner, orderKey: run.orderKey, attempt };
    const key = manifestKey(prefix, candidate);
    if ((await listObjects(target, key)).has(key)) return candidate;
  }
  throw new StepError(
    "conflict",
    `there is no manifest ${JSON.stringify(manifestKey(prefix, run))} in the bucket ${JSON.stringify(target.bucket)}: ` +
      "what was delivered has been removed, or the step delivers to another place now; do the order again without --verify",
  );
}

async function refuseStrays(target: Target, prefix: string, manifest: Manifest): Promise<void> {
  const keys = new Set(manifest.files.map(({ key }) => key));
  const strays = [...(await listObjects(target, prefix)).keys()].filter((key) => !keys.has(key));
  if (strays.length === 0) return;
  throw new StepError(
    "conflict",
    `the bucket ${JSON.stringify(target.bucket)} holds what the manifest does not name: ${listSome(strays.map((key) => JSON.stringify(key)))}; ` +
      "something other than the worker writes there: find it, then do the order again without --verify",
    { faults: strays },
  );
}
