import { freeMemory } from "../archive/free-memory";

const STEP_BYTES = 128 * 1024;

/** Unused buffers that are kept for what comes next. */
const KEPT_BYTES = 32 * 1024 * 1024;

/**
 * Buffers for bodies of requests, used again and again. What was inflated is copied into one and its memory freed: the
 * inflated memory itself must not be freed after a request, for a socket of an earlier try may still write from it, which
 * a buffer that is used again survives: S3 compares the checksum.
 */
export class BodyPool {
  private readonly free: Buffer[] = [];
  private freeBytes = 0;

  /** Hands content over as a body, for the time of some work. The content itself is gone then. */
  async lend<T>(content: Buffer, work: (body: Buffer) => Promise<T>): Promise<T> {
    if (content.length < STEP_BYTES) return work(content);
    const buffer = this.take(content.length);
    const body = buffer.subarray(0, content.copy(buffer));
    freeMemory(content);
    try {
      return await work(body);
    } finally {
      this.giveBack(buffer);
    }
  }

  private take(bytes: number): Buffer {
    const size = Math.ceil(bytes / STEP_BYTES) * STEP_BYTES;
    // Up to half of a buffer may stay unused: better than one more of them.
    const found = this.free.findIndex(({ length }) => length >= size && length <= 2 * size);
    const [buffer] = found < 0 ? [] : this.free.splice(found, 1);
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.freeBytes -= buffer.length;
    return buffer;
  }

  private giveBack(buffer: Buffer): void {
    this.free.push(buffer);
    this.freeBytes += buffer.length;
    while (this.freeBytes > KEPT_BYTES) this.freeBytes -= this.free.shift()?.length ?? 0;
  }
}
