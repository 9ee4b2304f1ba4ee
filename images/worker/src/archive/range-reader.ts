import { RANGE_BYTES, RANGES_AHEAD, type RangeSource } from "./range-source";

/** Bytes of a source that will be read. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Block extends Span {
  readonly bytes: Promise<Buffer>;
}

/** Gaps up to this size are read along: cheaper than a request. */
const JOIN_BYTES = 256 * 1024;

/**
 * Reads a source from begin to end by few large requests, some of them ahead, through buffers that are used again.
 * What is asked for must lie in the spans, in rising order.
 */
export class RangeReader {
  private readonly plan: readonly Span[];
  private next = 0;
  private readonly blocks: Block[] = [];
  private readonly free: Buffer[] = [];

  constructor(
    private readonly source: RangeSource,
    spans: Iterable<Span>,
  ) {
    this.plan = planRanges(spans);
  }

  /** Copies bytes out. */
  async copy(start: number, into: Buffer): Promise<void> {
    let filled = 0;
    for await (const piece of this.pieces(start, into.length)) {
      piece.copy(into, filled);
      filled += piece.length;
    }
  }

  /** Passes bytes piece by piece; a piece holds until the next one is asked for. */
  async *pieces(start: number, length: number): AsyncGenerator<Buffer> {
    let at = start;
    while (at < start + length) {
      const block = this.blockAt(at);
      const bytes = await block.bytes;
      const piece = bytes.subarray(
        at - block.start,
        Math.min(block.end, start + length) - block.start,
      );
      yield piece;
      at += piece.length;
    }
  }

  private blockAt(at: number): Block {
    for (
      let first = this.blocks[0];
      first !== undefined && first.end <= at;
      first = this.blocks[0]
    ) {
      this.blocks.shift();
      this.release(first);
    }
    this.readAhead(at);
    const block = this.blocks[0];
    if (block === undefined || block.start > at)
      throw new RangeError(`byte ${String(at)} was not planned to be read`);
    return block;
  }

  private readAhead(at: number): void {
    while (this.blocks.length <= RANGES_AHEAD) {
      const span = this.plan[this.next];
      if (span === undefined) return;
      this.next += 1;
      if (span.end <= at) continue;
      const buffer = this.free.pop() ?? Buffer.allocUnsafeSlow(RANGE_BYTES);
      const view = buffer.subarray(0, span.end - span.start);
      const bytes = this.source.read(span.start, view).then(() => view);
      // Whoever comes to the block is told; until then the failure is nobody's yet.
      bytes.catch(() => undefined);
      this.blocks.push({ ...span, bytes });
    }
  }

  private release(block: Block): void {
    void block.bytes.then(
      (view) => {
        this.free.push(Buffer.from(view.buffer, 0, RANGE_BYTES));
      },
      () => undefined,
    );
  }
}

/** Joins spans that lie close together, and cuts them into requests. */
export function planRanges(spans: Iterable<Span>): readonly Span[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of spans) {
    const last = joined.at(-1);
    if (last !== undefined && start - last.end <= JOIN_BYTES) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined.flatMap(({ start, end }) => {
    const pieces: Span[] = [];
    for (let at = start; at < end; at += RANGE_BYTES)
      pieces.push({ start: at, end: Math.min(end, at + RANGE_BYTES) });
    return pieces;
  });
}
