import { randomUUID } from "node:crypto";
import type { Blobs, BlobWriter } from "./blobs";
import { MemoryBlobs } from "./memory-blobs";

/** Blobs up to this size are kept: manifests, facts and listings have to be read again. */
const KEPT_BYTES = 4 * 1024 * 1024;

/** Keeps small blobs in memory, and of larger ones nothing: for uploads that are larger than memory and disk. */
export class DiscardingBlobs implements Blobs {
  readonly #small = new MemoryBlobs();

  write(expectedBytes: number): BlobWriter {
    if (expectedBytes <= KEPT_BYTES) return this.#small.write();
    return {
      id: randomUUID(),
      write: () => true,
      whenReady: () => Promise.resolve(),
      finish: () => Promise.resolve(),
      abort: () => undefined,
    };
  }

  /** Fails for what was discarded, rather than giving other bytes. */
  read(id: string, start: number, length: number): AsyncIterable<Buffer> {
    return this.#small.read(id, start, length);
  }

  remove(id: string): void {
    this.#small.remove(id);
  }

  close(): Promise<void> {
    return this.#small.close();
  }
}
