/**
 * Holds bytes under ids of its own. A blob is written once and then never changes; objects, parts and copies refer to
 * ranges of blobs, so that completing an upload or copying an object moves no bytes.
 */
export interface Blobs {
  /** Starts a blob of at most or about so many bytes. */
  write(expectedBytes: number): BlobWriter;
  /** Reads a range. A piece stays valid until the next is asked for. */
  read(id: string, start: number, length: number): AsyncIterable<Buffer>;
  /** Removes a blob; one that does not exist is no error. */
  remove(id: string): void;
  /** Ends all work that is under way. */
  close(): Promise<void>;
}

/** A blob that is being written. */
export interface BlobWriter {
  readonly id: string;
  /**
   * Takes bytes, which the caller must not change afterwards.
   *
   * @returns false when the caller should wait for {@link whenReady}
   */
  write(piece: Buffer): boolean;
  /** Settles when more bytes are welcome; fails when writing failed. */
  whenReady(): Promise<void>;
  /** Ends the blob; it can be read when this has settled. */
  finish(): Promise<void>;
  /** Gives the blob up; nothing of it remains. */
  abort(): void;
}

/** A range of a blob. */
export interface Piece {
  readonly blob: string;
  readonly start: number;
  readonly length: number;
}

/** The part of a row of pieces that a range of their content lies in. */
export function slicePieces(pieces: readonly Piece[], start: number, length: number): Piece[] {
  const result: Piece[] = [];
  let offset = 0;
  for (const piece of pieces) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(start + length - offset, piece.length);
    if (to > from) result.push({ blob: piece.blob, start: piece.start + from, length: to - from });
    offset += piece.length;
  }
  return result;
}
