import type { ArchiveEntry } from "./archive-entry";
import { RATIO_FLOOR_BYTES, type ArchiveLimits } from "./limits";

/** Longest key in bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** How the entries of an archive are judged. */
export interface EntryRules {
  readonly limits: ArchiveLimits;
  /** Key of an entry, by its path. */
  readonly keyOf: (path: string) => string;
  /** Whether names that differ in the case of letters only are refused. */
  readonly caseInsensitive: boolean;
}

/** What is wrong with the entries of an archive as a whole and one by one. */
export function entryFaults(
  entries: readonly ArchiveEntry[],
  archiveBytes: number,
  rules: EntryRules,
): string[] {
  return [
    ...sizeFaults(entries, archiveBytes, rules.limits),
    ...nameFaults(entries, rules),
    ...entries
      .filter(({ path }) => Buffer.byteLength(rules.keyOf(path)) > MAX_KEY_BYTES)
      .map(
        ({ path }) =>
          `${shown(path)} would have a key of more than ${String(MAX_KEY_BYTES)} bytes, the limit of S3`,
      ),
  ];
}

function sizeFaults(
  entries: readonly ArchiveEntry[],
  archiveBytes: number,
  limits: ArchiveLimits,
): string[] {
  const faults: string[] = [];
  if (entries.length > limits.maxEntries) faults.push(tooMany(entries.length, limits.maxEntries));
  let total = 0;
  for (const { path, size, packedSize } of entries) {
    total += size;
    if (size > limits.maxEntryBytes)
      faults.push(
        `${shown(path)} unpacks to ${String(size)} bytes, more than ${String(limits.maxEntryBytes)}; raise limits.entryGib if that is right`,
      );
    else if (isBomb(size, packedSize, limits.maxRatio))
      faults.push(
        `${shown(path)} unpacks from ${String(packedSize)} to ${String(size)} bytes, more than ${String(limits.maxRatio)} times; raise limits.ratio if that is right`,
      );
  }
  if (total > limits.maxTotalBytes)
    faults.push(
      `all together unpack to ${String(total)} bytes, more than ${String(limits.maxTotalBytes)}; raise limits.totalGib if that is right`,
    );
  else if (isBomb(total, archiveBytes, limits.maxRatio))
    faults.push(
      `all together unpack from ${String(archiveBytes)} to ${String(total)} bytes, more than ${String(limits.maxRatio)} times; raise limits.ratio if that is right`,
    );
  return faults;
}

/** Tells that there are too many entries; also of an archive whose entries are not read for it. */
export function tooMany(found: number, allowed: number): string {
  return `it holds ${String(found)} entries, more than ${String(allowed)}; raise limits.entries if that is right`;
}

function isBomb(size: number, packed: number, maxRatio: number): boolean {
  return size > RATIO_FLOOR_BYTES && size > packed * maxRatio;
}

function nameFaults(entries: readonly ArchiveEntry[], { caseInsensitive }: EntryRules): string[] {
  const faults: string[] = [];
  // The names as they are written matter only where others count as the same: a map of a million takes its memory.
  const seen = caseInsensitive ? new Map<string, string>() : new Set<string>();
  const compared = (path: string): string =>
    caseInsensitive ? path.toLowerCase().normalize("NFC") : path;
  for (const { path } of entries) {
    const name = compared(path);
    const before = seen instanceof Map ? seen.get(name) : seen.has(name) ? path : undefined;
    if (before !== undefined)
      faults.push(
        before === path
          ? `${shown(path)} is there twice`
          : `${shown(path)} and ${shown(before)} differ in the case of letters only`,
      );
    if (seen instanceof Map) seen.set(name, path);
    else seen.add(name);
  }
  for (const { path } of entries)
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      if (seen.has(compared(path.slice(0, at)))) {
        faults.push(`${shown(path.slice(0, at))} is a file and a directory`);
        break;
      }
  return faults;
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 120));
}
