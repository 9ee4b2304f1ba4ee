import type { ArchiveEntry } from "../archive-entry";

/** What a directory tells of a file. */
export interface ZipFacts extends ArchiveEntry {
  /** Where its own header begins. */
  readonly offset: number;
  readonly flags: number;
  /** 0 stored, 8 deflated. */
  readonly method: number;
}

/**
 * A file in a zip. There may be a million of them: each holds numbers and its path, and no buffer of its own, which would
 * take more memory than all the rest.
 */
export class ZipEntry implements ZipFacts {
  readonly path: string;
  readonly size: number;
  readonly packedSize: number;
  readonly crc: number;
  readonly offset: number;
  readonly flags: number;
  readonly method: number;
  /** Where the next entry, or the directory, begins; known when all entries are. */
  until = 0;

  /**
   * @param directory - the bytes that hold the name
   * @param nameAt - where in them the name begins
   * @param nameBytes - its length there
   */
  constructor(
    facts: ZipFacts,
    private readonly directory: Buffer,
    private readonly nameAt: number,
    readonly nameBytes: number,
  ) {
    this.path = facts.path;
    this.size = facts.size;
    this.packedSize = facts.packedSize;
    this.crc = facts.crc;
    this.offset = facts.offset;
    this.flags = facts.flags;
    this.method = facts.method;
  }

  /** Name as in the directory; the entry's own header must hold the same bytes. */
  get rawName(): Buffer {
    return this.directory.subarray(this.nameAt, this.nameAt + this.nameBytes);
  }
}
