import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { listingDigest, type ScannedFile } from "./publish/scan";
import type { StagingPlace } from "./staging";

/** What the mark of a complete fetch says. */
export interface FetchMarker {
  readonly schemaVersion: 1;
  /** Digest of the listing at the end of the fetch; see {@link listingDigest}. */
  readonly listing: string;
  readonly files: number;
  readonly bytes: number;
  /** ISO 8601 instant. */
  readonly fetchedAt: string;
}

/** Makes the mark for what was fetched. */
export function markerOf(files: readonly ScannedFile[], now: Date): FetchMarker {
  return {
    schemaVersion: 1,
    listing: listingDigest(files),
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    fetchedAt: now.toISOString(),
  };
}

/**
 * Writes the mark so that it is there whole or not at all, whenever the host ends.
 * Only the mark is flushed: the files themselves are as safe as the program left them, and EFS flushes at close.
 */
export async function writeMarker(place: StagingPlace, marker: FetchMarker): Promise<void> {
  const temporary = `${place.marker}.tmp`;
  const file = await open(temporary, "w", 0o640);
  try {
    await file.writeFile(`${JSON.stringify(marker)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, place.marker);
  const directory = await open(dirname(place.marker), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Reads the mark; one that is damaged counts as none, so that the fetch is run again. */
export async function readMarker(place: StagingPlace): Promise<FetchMarker | undefined> {
  let body: string;
  try {
    body = await readFile(place.marker, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const marker = JSON.parse(body) as Partial<FetchMarker> | null;
    return marker?.schemaVersion === 1 && typeof marker.listing === "string"
      ? (marker as FetchMarker)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the mark away, before the program is run on the same files again. */
export async function removeMarker(place: StagingPlace): Promise<void> {
  await rm(place.marker, { force: true });
}
