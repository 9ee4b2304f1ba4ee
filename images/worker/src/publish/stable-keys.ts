import { setTimeout as delay } from "node:timers/promises";
import { HeadObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import type { Manifest, ManifestFile, StableKey } from "../../../../modules/contract";
import type { StepContext } from "../step/context";
import { StepError } from "../step/step-error";
import { httpStatus, isListed, plainEtag, type Target } from "../upload/target";
import { copyObject } from "./copy-object";
import { pathMatcher } from "./patterns";

/** How often a switch is tried that meets another one. */
const TRIES = 6;
const FIRST_WAIT_MS = 200;

/** Metadata that tells which delivery a stable key holds. */
const ORDER = "partner-ingest-order";
const TIME = "partner-ingest-time";

/** What is wrong with the files of a delivery as those that stable keys are to hold. */
export function stableFaults(
  paths: readonly string[],
  stable: readonly StableKey[],
): readonly string[] {
  return stable.flatMap(({ key, file }) => {
    const matches = pathMatcher(file);
    const count = paths.filter((path) => matches(path)).length;
    return count === 1
      ? []
      : [
          `holds ${String(count)} files that match ${JSON.stringify(file)}, ` +
            `expected the one that ${JSON.stringify(key)} is to hold`,
        ];
  });
}

/**
 * Has the stable keys hold the files of a delivery that is whole. S3 copies them, under the condition that the key holds
 * what was looked at; a delivery that is newer stays. The files of all deliveries stay at keys of their own.
 */
export async function switchStableKeys(
  context: StepContext,
  target: Target,
  stable: readonly StableKey[],
  manifest: Manifest,
): Promise<void> {
  if (stable.length === 0) return;
  const faults = stableFaults(
    manifest.files.map(({ path }) => path),
    stable,
  );
  if (faults.length > 0) throw new StepError("badDelivery", `the delivery ${faults.join("; it ")}`);
  await context.requireHeld("now");
  const counts = { switched: 0, newerThere: 0 };
  for (const { key, file } of stable) {
    const matches = pathMatcher(file);
    const source = manifest.files.find(({ path }) => matches(path));
    if (source === undefined) continue;
    const end = await switchKey(target, key, source, manifest);
    counts[end] += 1;
    context.log.info(
      end === "switched"
        ? "a stable key holds this delivery"
        : "a stable key holds a newer delivery, which stays",
      { key },
    );
  }
  Object.assign(context.record.counts, { stableKeys: counts.switched });
  if (counts.newerThere > 0) context.record.counts["newerThere"] = counts.newerThere;
}

/**
 * Finds the stable keys that should hold files of a delivery: all but those that tell to hold another one.
 *
 * @returns what each must hold, and how many hold another delivery
 */
export async function stableCopies(
  target: Target,
  stable: readonly StableKey[],
  manifest: Manifest,
): Promise<{ readonly files: readonly ManifestFile[]; readonly others: number }> {
  const files: ManifestFile[] = [];
  let others = 0;
  for (const { key, file } of stable) {
    const matches = pathMatcher(file);
    const source = manifest.files.find(({ path }) => matches(path));
    if (source === undefined) continue;
    const there = await headOf(target, key);
    const order = there?.Metadata?.[ORDER];
    if (order !== undefined && order !== orderOf(manifest)) others += 1;
    // A copy has an etag and a version of its own.
    else files.push({ ...source, key, etag: plainEtag(there?.ETag), versionId: undefined });
  }
  return { files, others };
}

async function switchKey(
  target: Target,
  key: string,
  source: ManifestFile,
  manifest: Manifest,
): Promise<"switched" | "newerThere"> {
  for (let tries = 1; ; tries += 1) {
    const there = await headOf(target, key);
    const age = compare(target, key, there, source, manifest);
    if (age === "same") return "switched";
    if (age === "newer") return "newerThere";
    try {
      await copyObject(target, source, {
        key,
        replaces: there?.ETag,
        metadata: { [ORDER]: orderOf(manifest), [TIME]: timeOf(manifest) },
      });
      return "switched";
    } catch (error) {
      const status = httpStatus(error);
      if ((status !== 412 && status !== 409 && status !== 404) || tries === TRIES) throw error;
      const wait = FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random());
      await delay(wait, undefined, { signal: target.signal });
    }
  }
}

/** What a key holds, compared with a delivery. */
function compare(
  { bucket }: Target,
  key: string,
  there: HeadObjectCommandOutput | undefined,
  source: ManifestFile,
  manifest: Manifest,
): "none" | "older" | "same" | "newer" {
  if (there === undefined) return "none";
  const { [ORDER]: order, [TIME]: time } = there.Metadata ?? {};
  if (order === undefined || time === undefined)
    throw new StepError(
      "conflict",
      `the stable key ${JSON.stringify(key)} in the bucket ${JSON.stringify(bucket)} holds an object that no delivery put there; ` +
        "nothing was overwritten: move it away, or name another key in stable",
    );
  if (order === orderOf(manifest) && there.ChecksumCRC32 === source.crc32) return "same";
  const [theirs, ours] = [Date.parse(time), Date.parse(timeOf(manifest))];
  if (theirs !== ours) return theirs > ours ? "newer" : "older";
  return attemptOf(order) > manifest.attempt ? "newer" : "older";
}

const orderOf = ({ orderKey, attempt }: Manifest): string => `${orderKey}/${String(attempt)}`;
const attemptOf = (order: string): number => Number(order.slice(order.lastIndexOf("/") + 1));

/** What makes a delivery newer than another: the time that it was scheduled for, else when it was published. */
const timeOf = ({ source, publishedAt }: Manifest): string =>
  source.kind === "schedule" ? new Date(source.scheduledTime).toISOString() : publishedAt;

async function headOf(target: Target, key: string): Promise<HeadObjectCommandOutput | undefined> {
  const { client, bucket, signal } = target;
  try {
    return await client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }),
      { abortSignal: signal },
    );
  } catch (error) {
    if (httpStatus(error) === 404) return undefined;
    // "Forbidden" is also the answer for an object that is not there, to a role that may list below a prefix only.
    if (httpStatus(error) === 403 && !(await isListed(target, key))) return undefined;
    throw error;
  }
}
