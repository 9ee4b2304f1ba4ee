import type { Log } from "../log";
import { LineSplitter, type OutputLine } from "./lines";

/** Longest logged line; CloudWatch Logs takes 256 KiB an event, people far less. */
const MAX_LINE_BYTES = 4096;
const TAIL_BYTES = 8192;
/** Lines that may come at once, and lines a second after that. */
const BURST = 500;
const LINES_PER_SECOND = 100;

const NO_SPACE = /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/u;

/**
 * Logs the output of the partner's program line by line. Lines beyond the rate are counted instead: a program that
 * floods its output would otherwise be paid for twice, in time and in log storage.
 */
export class OutputLog {
  private tokens = BURST;
  private filledAt: number;
  private leftOut = 0;
  private tail: string[] = [];
  private tailBytes = 0;
  private spaceFault = false;

  constructor(
    private readonly log: Log,
    private readonly now: () => number = Date.now,
  ) {
    this.filledAt = now();
  }

  /** Makes the receiver of one of the program's streams. */
  stream(name: "stdout" | "stderr"): LineSplitter {
    return new LineSplitter(
      (line) => {
        this.line(name, line);
      },
      {
        maxBytes: MAX_LINE_BYTES,
        carriageReturns: true,
      },
    );
  }

  /** Tells how many lines were left out since it was last told. */
  tellLeftOut(): void {
    if (this.leftOut === 0) return;
    this.log.warn(
      `${String(this.leftOut)} lines of the program's output were left out of the log`,
      {
        leftOut: this.leftOut,
      },
    );
    this.leftOut = 0;
  }

  /** The end of what the program wrote to stderr. */
  get stderrTail(): string {
    return this.tail.join("\n");
  }

  /** True when the program complained of a full disk. */
  get sawNoSpace(): boolean {
    return this.spaceFault;
  }

  private line(stream: "stdout" | "stderr", { bytes, cut }: OutputLine): void {
    const text = bytes.toString("utf8");
    if (text.trim() === "") return;
    this.spaceFault ||= NO_SPACE.test(text);
    if (stream === "stderr") this.keep(text);
    if (!this.take()) {
      this.leftOut += 1;
      return;
    }
    this.log.info(text, { stream, ...(cut > 0 ? { cutBytes: cut } : {}) });
  }

  private keep(text: string): void {
    this.tail.push(text);
    this.tailBytes += text.length;
    while (this.tailBytes > TAIL_BYTES && this.tail.length > 1)
      this.tailBytes -= this.tail.shift()?.length ?? 0;
  }

  private take(): boolean {
    const now = this.now();
    this.tokens = Math.min(BURST, this.tokens + ((now - this.filledAt) / 1000) * LINES_PER_SECOND);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
