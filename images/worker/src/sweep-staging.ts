import { lstat, readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { ORDER_KEY_PATTERN } from "../../../modules/contract";
import type { StagingPlace } from "./staging";

/**
 * How long a run's files rest in staging after the last of them was touched. Longer than a run can be open, delayed
 * attempts and a person's re-run from a step included; see docs/adr/007.
 */
export const ABANDONED_DAYS = 30;

const DAY_MS = 24 * 3600 * 1000;

/**
 * Removes what earlier orders of the partner left in staging and nobody came back for: of runs that failed for good or
 * were cancelled. The run's own order is left alone.
 *
 * @returns how many runs were removed
 */
export async function sweepStaging(
  place: StagingPlace,
  order: string,
  now: number,
): Promise<number> {
  const since = now - ABANDONED_DAYS * DAY_MS;
  let removed = 0;
  for (const orderKey of await directories(place.mount)) {
    if (orderKey === order || !ORDER_KEY_PATTERN.test(orderKey)) continue;
    const directory = join(place.mount, orderKey);
    for (const attempt of await directories(directory)) {
      const run = join(directory, attempt);
      if (!/^[1-9]\d*$/u.test(attempt) || (await touchedSince(run, since))) continue;
      await rm(run, { recursive: true, force: true, maxRetries: 3 });
      removed += 1;
    }
    await removeEmpty(directory);
  }
  return removed;
}

/** Names of the directories in a directory; links are none. */
async function directories(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/**
 * Tells whether anything in a directory was touched since an instant. Programs keep the partner's own times of files,
 * which may be years ago; the time of a file's change of any kind can not be set. Ends at the first that was.
 */
async function touchedSince(path: string, since: number): Promise<boolean> {
  if ((await lstat(path)).ctimeMs > since) return true;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    const touched = entry.isDirectory()
      ? await touchedSince(inner, since)
      : (await lstat(inner)).ctimeMs > since;
    if (touched) return true;
  }
  return false;
}

async function removeEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT") throw error;
  }
}
