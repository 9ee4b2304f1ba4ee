const MIB = 1024 * 1024;
const SMALLEST = 64 * 1024;

/** Leave to make one request, with memory for its body. */
export interface Lease {
  readonly buffer: Buffer;
  /** Gives both back. */
  readonly release: () => void;
}

/** How much may be under way at once. */
export interface GateLimits {
  /** Requests at once, in the end. */
  readonly requests: number;
  /**
   * Requests at once in the beginning.
   *
   * @default - as many as in the end
   */
  readonly firstRequests?: number;
  /** Bytes of the buffers of all requests together, and of those kept for the next ones. */
  readonly bytes: number;
}

/** 64 small files or 12 parts of 8 MiB at once: small files wait for answers, parts for bandwidth. */
export const GATE_LIMITS: GateLimits = { requests: 64, firstRequests: 12, bytes: 96 * MIB };

/**
 * So many requests have to have ended for each further one at once. Every one opens a connection of its own, and a
 * handshake costs both sides as much as a few small files do: with this a connection is used often enough to be worth
 * it. S3, too, wants rates that rise rather than jump.
 */
const ENDED_FOR_ONE_MORE = 16;

interface Waiting {
  readonly size: number;
  readonly admit: (lease: Lease) => void;
}

/**
 * The one gate that every transfer of the process goes through: bounds requests and memory, whatever the number and
 * size of the files. First come, first served, so that a large part is not overtaken for ever by small files.
 *
 * Buffers are used again: fresh memory costs more than the transfer itself, for the system hands it out page by page.
 */
export class TransferGate {
  private requests = 0;
  private maxRequests: number;
  private ended = 0;
  private bytesInUse = 0;
  private bytesKept = 0;
  private readonly kept = new Map<number, Buffer[]>();
  private readonly waiting: Waiting[] = [];

  constructor(private readonly limits: GateLimits = GATE_LIMITS) {
    this.maxRequests = limits.firstRequests ?? limits.requests;
  }

  /** Waits for leave to make a request with a body of so many bytes. */
  async enter(bytes: number): Promise<Lease> {
    const size = sizeClass(bytes);
    if (size > this.limits.bytes)
      throw new RangeError(`a body of ${String(bytes)} bytes does not fit through the gate`);
    return new Promise((admit) => {
      this.waiting.push({ size, admit });
      this.next();
    });
  }

  private next(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      const fits =
        this.requests < this.maxRequests && this.bytesInUse + first.size <= this.limits.bytes;
      if (!fits) return;
      this.waiting.shift();
      first.admit(this.lease(first.size));
    }
  }

  private lease(size: number): Lease {
    this.requests += 1;
    this.bytesInUse += size;
    const buffer = this.take(size);
    let released = false;
    return {
      buffer,
      release: () => {
        if (released) return;
        released = true;
        this.requests -= 1;
        this.widen();
        this.bytesInUse -= size;
        this.keep(buffer);
        this.next();
      },
    };
  }

  private widen(): void {
    this.ended += 1;
    if (this.ended % ENDED_FOR_ONE_MORE === 0 && this.maxRequests < this.limits.requests)
      this.maxRequests += 1;
  }

  private take(size: number): Buffer {
    const kept = this.kept.get(size)?.pop();
    if (kept !== undefined) {
      this.bytesKept -= size;
      return kept;
    }
    // Buffers of other sizes make way, else the change from large to small files would double the memory.
    if (this.bytesInUse + this.bytesKept > this.limits.bytes) {
      this.kept.clear();
      this.bytesKept = 0;
    }
    return Buffer.allocUnsafeSlow(size);
  }

  private keep(buffer: Buffer): void {
    const size = buffer.length;
    const others = this.kept.get(size);
    if (others === undefined) this.kept.set(size, [buffer]);
    else others.push(buffer);
    this.bytesKept += size;
  }
}

function sizeClass(bytes: number): number {
  let size = SMALLEST;
  while (size < bytes) size *= 2;
  return size;
}
