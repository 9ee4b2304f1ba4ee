import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  deliveryPrefix,
  manifestKey,
  quarantinePrefix,
  quarantineReasonKey,
  stagingPath,
} from "../../modules/contract";
import type { CampaignRun } from "./campaign-run";
import { contentOf } from "./order";

/** Where a run's files go, and the object that says that they are whole. */
function placeOf({ work, ref }: CampaignRun): { readonly prefix: string; readonly last: string } {
  return work === "quarantine"
    ? { prefix: quarantinePrefix(ref), last: quarantineReasonKey(ref) }
    : { prefix: deliveryPrefix("in/", ref), last: manifestKey("in/", ref) };
}

/** Prefix of all that a run writes to the target. */
export const prefixOf = (run: CampaignRun): string => placeOf(run).prefix;

/** Looks at what a run that is done has left, as a reader would. Returns all that is wrong. */
export async function faultsOf(run: CampaignRun): Promise<readonly string[]> {
  const { s3, files, work, ref } = run;
  const { prefix, last } = placeOf(run);
  const faults: string[] = [];
  const expected = new Set([
    ...files.map(({ path }) => `${prefix}files/${path}`),
    ...(work === "unpack" ? [] : [`${prefix}files/checksums.md5`]),
    last,
  ]);
  // All of the bucket: a bad delivery must not be where readers look, and nothing anywhere else.
  for (const key of s3.keys("landing", ""))
    if (!expected.delete(key)) faults.push(`${key} does not belong to the order`);
  for (const key of expected) faults.push(`${key} is missing`);
  for (const { path } of files)
    if (s3.versions("landing", `${prefix}files/${path}`).length > 1)
      faults.push(`${prefix}files/${path} was written twice`);
  faults.push(...(await wrongBytesOf(run)));
  const written = s3.versions("landing", last).length;
  if (written !== 1) faults.push(`${last} was written ${String(written)} times`);
  const open = s3.uploads("landing").length;
  if (open > 0) faults.push(`${String(open)} uploads were left open`);
  const staged = existsSync(join(run.staging, stagingPath(ref)));
  // A bad delivery stays in staging for whoever looks at it.
  if (staged !== (work === "quarantine"))
    faults.push(staged ? "staging was not emptied" : "staging was emptied");
  return faults;
}

/** Nothing that can be seen may hold a wrong byte, whether or not the order was delivered. */
export async function wrongBytesOf(run: CampaignRun): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const file of run.files) {
    const key = `${prefixOf(run)}files/${file.path}`;
    if (run.s3.object("landing", key) === undefined) continue;
    if (!(await run.s3.read("landing", key)).equals(contentOf(file)))
      faults.push(`${key} holds other bytes`);
  }
  return faults;
}
