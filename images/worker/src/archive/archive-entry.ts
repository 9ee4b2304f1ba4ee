/** A file in an archive. */
export interface ArchiveEntry {
  /** Checked path with `/`, normalized (NFC). */
  readonly path: string;
  /** Bytes when unpacked. */
  readonly size: number;
  /** Bytes in the archive. */
  readonly packedSize: number;
  /** CRC-32 of the unpacked content. */
  readonly crc: number;
}
