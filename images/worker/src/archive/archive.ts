import type { ArchiveEntry } from "./archive-entry";

/** Takes what is unpacked. */
export interface EntrySink {
  /** Entries up to this size are passed whole. */
  readonly wholeBytes: number;
  /** Waits until there is memory for so many bytes; returns what gives it back. */
  readonly admit: (bytes: number) => Promise<() => void>;
  /**
   * Takes an entry whole. Returns at once; what fails is told by the next call or by {@link EntrySink.finish}.
   *
   * @param release - from {@link EntrySink.admit}; called when the content is no longer held
   */
  readonly whole: (entry: ArchiveEntry, content: Promise<Buffer>, release: () => void) => void;
  /** Takes an entry in pieces, each of which holds until the next is asked for. */
  readonly stream: (entry: ArchiveEntry, pieces: AsyncIterable<Buffer>) => Promise<void>;
  /** Waits until all that was taken is done. */
  readonly finish: () => Promise<void>;
}

/** An archive after all checks that its lists allow. */
export interface Archive {
  readonly entries: readonly ArchiveEntry[];
  /** What kind it is, for people. */
  readonly kind: string;
  /** True when the content of every entry was seen to be good already. */
  readonly verified: boolean;
  /** Unpacks the wanted entries, each compared with its size and checksum. */
  readonly unpack: (wanted: (entry: ArchiveEntry) => boolean, sink: EntrySink) => Promise<void>;
}
