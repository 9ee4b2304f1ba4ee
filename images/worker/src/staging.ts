import { lstat, mkdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stagingPath, type RunRef } from "../../../modules/contract";
import { StepError } from "./step/step-error";

/** Where a run's files rest between its steps. */
export interface StagingPlace {
  readonly mount: string;
  /** The run's own directory. */
  readonly run: string;
  /** What the partner's program writes to; nothing else is published. */
  readonly files: string;
  /** The mark that the fetch is complete; beside the files, so that no program can deliver it. */
  readonly marker: string;
  /** Uploads that were begun. */
  readonly journal: string;
}

/** What says where a run's place is. */
export interface StagingRef extends RunRef {
  /** The attempt whose directory is used, where it is not the run's own. */
  readonly stagingAttempt?: number | undefined;
  readonly root: string;
  readonly stagingDirectory: string;
}

/** Finds a run's place in staging. */
export function stagingPlace(run: StagingRef): StagingPlace {
  const mount = join(run.root, run.stagingDirectory);
  const directory = join(
    mount,
    stagingPath({ ...run, attempt: run.stagingAttempt ?? run.attempt }),
  );
  return {
    mount,
    run: directory,
    files: join(directory, "files"),
    marker: join(directory, "fetch.done"),
    journal: join(directory, "uploads.jsonl"),
  };
}

/** Makes the run's directories; what is there stays. */
export async function prepareStaging(place: StagingPlace): Promise<void> {
  await mkdir(place.files, { recursive: true, mode: 0o750 });
  await requireOwnDirectories(place);
}

/**
 * Says whether the run has a directory in staging.
 *
 * @throws StepError when a link stands where a directory should: all orders of a partner share a mount, so the
 * program of one order could have put a link in the place of another, to have other files published.
 */
export async function hasStaging(place: StagingPlace): Promise<boolean> {
  try {
    await requireOwnDirectories(place);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Removes the run's files, and the order's directory when no other attempt rests in it. */
export async function emptyStaging(place: StagingPlace): Promise<void> {
  await rm(place.run, { recursive: true, force: true, maxRetries: 3 });
  try {
    await rmdir(dirname(place.run));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT") throw error;
  }
}

async function requireOwnDirectories(place: StagingPlace): Promise<void> {
  for (const path of [dirname(place.run), place.run, place.files]) {
    const stats = await lstat(path);
    if (!stats.isDirectory())
      throw new StepError(
        "badDelivery",
        `${JSON.stringify(path)} must be a directory of the worker, but is a link or a file; ` +
          "something other than the worker put it there: remove it and start a new attempt",
      );
  }
}
