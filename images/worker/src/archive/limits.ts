/** What an archive may hold at most; checked before anything is written. */
export interface ArchiveLimits {
  readonly maxEntries: number;
  /** Bytes of one unpacked entry. */
  readonly maxEntryBytes: number;
  /** Bytes of all unpacked entries together. */
  readonly maxTotalBytes: number;
  /** How many times larger than packed an entry, and all together, may become. */
  readonly maxRatio: number;
}

/** Up to this size nothing is a bomb, however well it packs: a file of zeros is common and harmless. */
export const RATIO_FLOOR_BYTES = 64 * 1024 * 1024;

/** Longest directory that is read: 200,000 entries with long names, and still little memory. */
export const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;
