import { constants } from "node:fs";
import { access, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SCRATCH_MOUNT } from "../../../../modules/contract";

/** Directories of the partner's program that are no part of the delivery. */
export interface Scratch {
  readonly home: string;
  readonly temporary: string;
  /** Removes them. */
  readonly remove: () => Promise<void>;
}

/**
 * Makes a home and a directory for temporary files: on the job's scratch volume where there is one, since the
 * container's own disk is small.
 */
export async function makeScratch(root: string): Promise<Scratch> {
  const directory = await mkdtemp(join(await scratchVolume(root), "partner-ingest-"));
  const home = join(directory, "home");
  const temporary = join(directory, "tmp");
  await mkdir(home);
  await mkdir(temporary);
  return {
    home,
    temporary,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The disk of the job: its own volume, or the machine's directory for temporary files where there is none. */
export async function scratchVolume(root: string): Promise<string> {
  const volume = join(root, SCRATCH_MOUNT);
  return (await writable(volume)) ? volume : tmpdir();
}

async function writable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
