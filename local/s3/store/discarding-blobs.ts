import { randomUUID } from "node:crypto";
import type { Blobs, BlobWriter } from "./blobs";
import { MemoryBlobs } from "./memory-blobs";

/**
 * Keeps small blobs in memory, as manifests, facts and listings have to be read again, and of larger ones nothing: for
 * uploads that are larger than memory and disk.
 */
export class DiscardingBlobs implements Blobs {
  readonly #small = new MemoryBlobs();

  constructor(private readonly keptBytes: number) {}

  write(expectedBytes: number): BlobWriter {
    if (expectedBytes <= this.keptBytes) return this.#small.write();
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
