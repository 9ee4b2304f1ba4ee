import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, unlink } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Blobs, BlobWriter } from "./blobs";
import { DiskBlobWriter } from "./disk-blob-writer";

const READ_BYTES = 256 * 1024;

/**
 * Keeps blobs as files with random names: no key is ever a path. Files that no record speaks of are left-overs of a
 * process that ended while it wrote; {@link sweep} removes them.
 */
export class DiskBlobs implements Blobs {
  readonly #writers = new Set<Promise<void>>();

  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
  }

  write(expectedBytes: number): BlobWriter {
    const id = randomUUID();
    const writer = new DiskBlobWriter(id, this.#path(id), expectedBytes);
    this.#writers.add(writer.closed);
    void writer.closed.finally(() => this.#writers.delete(writer.closed));
    return writer;
  }

  async *read(id: string, start: number, length: number): AsyncGenerator<Buffer> {
    if (length === 0) return;
    const file = await open(this.#path(id), "r");
    try {
      // Fresh memory costs more than the read itself; the piece is done with when the next is asked for.
      const buffer = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, length));
      for (let done = 0; done < length;) {
        const want = Math.min(buffer.length, length - done);
        const { bytesRead } = await file.read(buffer, 0, want, start + done);
        if (bytesRead === 0) throw new Error(`blob ${id} is shorter than its record says`);
        done += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  remove(id: string): void {
    // A file that stays behind costs space only, and the next start sweeps it.
    unlink(this.#path(id), () => undefined);
  }

  /** Removes all files but those of the given blobs. */
  sweep(known: ReadonlySet<string>): void {
    for (const name of readdirSync(this.directory))
      if (!known.has(name)) rmSync(join(this.directory, name), { force: true });
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#writers);
  }

  #path(id: string): string {
    return join(this.directory, id);
  }
}
