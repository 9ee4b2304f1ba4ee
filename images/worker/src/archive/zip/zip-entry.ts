import type { ArchiveEntry } from "../archive-entry";

/** A file in a zip, as its directory tells it. */
export interface ZipEntry extends ArchiveEntry {
  readonly offset: number;
  readonly flags: number;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  /** Name as in the directory; the entry's own header must hold the same bytes. */
  readonly rawName: Buffer;
}
