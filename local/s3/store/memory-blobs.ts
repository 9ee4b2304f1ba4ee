import { randomUUID } from "node:crypto";
import type { Blobs, BlobWriter } from "./blobs";

/** Keeps blobs in memory, in the very buffers that they came in. */
export class MemoryBlobs implements Blobs {
  readonly #blobs = new Map<string, readonly Buffer[]>();

  write(): BlobWriter {
    const id = randomUUID();
    const pieces: Buffer[] = [];
    return {
      id,
      write: (piece) => {
        pieces.push(piece);
        return true;
      },
      whenReady: () => Promise.resolve(),
      finish: () => {
        this.#blobs.set(id, pieces);
        return Promise.resolve();
      },
      abort: () => {
        pieces.length = 0;
      },
    };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous for blobs on disk
  async *read(id: string, start: number, length: number): AsyncGenerator<Buffer> {
    const pieces = this.#blobs.get(id);
    if (pieces === undefined) throw new Error(`blob ${id} is gone`);
    let skip = start;
    let left = length;
    for (const piece of pieces) {
      if (left === 0) return;
      if (skip >= piece.length) {
        skip -= piece.length;
        continue;
      }
      const slice = piece.subarray(skip, skip + left);
      skip = 0;
      left -= slice.length;
      yield slice;
    }
  }

  remove(id: string): void {
    this.#blobs.delete(id);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
