/** A line of output. */
export interface OutputLine {
  readonly bytes: Buffer;
  /** How many bytes of the line were left out. */
  readonly cut: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Splits output into lines, however it arrives, and holds no more than one line of `maxBytes`: a program that never
 * ends its line must not fill the memory.
 */
export class LineSplitter {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private cut = 0;
  private open = false;

  constructor(
    private readonly emit: (line: OutputLine) => void,
    private readonly options: {
      readonly maxBytes: number;
      /** Ends a line at a carriage return, too: progress bars redraw themselves with it. */
      readonly carriageReturns: boolean;
    },
  ) {}

  /** Takes the next piece of output. */
  push(chunk: Buffer): void {
    let start = 0;
    for (let at = this.nextBreak(chunk, 0); at !== -1; at = this.nextBreak(chunk, start)) {
      this.hold(chunk.subarray(start, at));
      this.open = true;
      this.flush();
      start = at + 1;
    }
    this.hold(chunk.subarray(start));
  }

  /** Hands on what has no line end. */
  end(): void {
    this.flush();
  }

  private nextBreak(chunk: Buffer, from: number): number {
    const feed = chunk.indexOf(LINE_FEED, from);
    if (!this.options.carriageReturns) return feed;
    const back = chunk
      .subarray(0, feed === -1 ? chunk.length : feed)
      .indexOf(CARRIAGE_RETURN, from);
    return back === -1 ? feed : back;
  }

  private hold(piece: Buffer): void {
    if (piece.length === 0) return;
    this.open = true;
    const room = this.options.maxBytes - this.heldBytes;
    // Copied: the piece belongs to a larger chunk, which it would keep in memory.
    if (room > 0) this.held.push(Buffer.from(piece.subarray(0, room)));
    this.heldBytes += Math.min(room, piece.length);
    this.cut += Math.max(0, piece.length - room);
  }

  private flush(): void {
    if (!this.open) return;
    const line = { bytes: Buffer.concat(this.held), cut: this.cut };
    this.held = [];
    this.heldBytes = 0;
    this.cut = 0;
    this.open = false;
    this.emit(line);
  }
}
