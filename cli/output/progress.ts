import { type Colors } from "./colors";

/** Where progress is shown. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** After so many seconds without a word it is told how long the phase has taken so far. */
const QUIET_SECONDS = { terminal: 2, other: 30 } as const;

/** Clears the line on a terminal. */
const CLEAR = "\r\u001b[2K";

/**
 * Tells on stderr what goes on, a line each. Below them a terminal shows a clock while nothing happens; elsewhere the phase
 * is told again now and then, so that nobody takes a long silence for a hang.
 */
export class Progress {
  private phaseText: string | undefined;
  private since = 0;
  private spoken = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly stream: ProgressStream,
    private readonly colors: Colors,
    private readonly quiet = false,
  ) {}

  /** Begins a phase. */
  phase(text: string): void {
    this.phaseText = text;
    this.since = Date.now();
    this.line(`${this.colors.cyan("›")} ${text}`);
    this.timer ??= setInterval(() => {
      this.tick();
    }, 1000).unref();
  }

  /** Tells something that happened within the phase. */
  note(text: string): void {
    this.line(`  ${text}`);
  }

  /** Ends the phase; nothing more is shown until the next. */
  done(): void {
    if (this.isTerminal && !this.quiet) this.stream.write(CLEAR);
    this.phaseText = undefined;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  private tick(): void {
    if (this.phaseText === undefined || this.quiet) return;
    const silence = (Date.now() - this.spoken) / 1000;
    const seconds = `${String(Math.floor((Date.now() - this.since) / 1000))} s`;
    if (this.isTerminal) {
      if (silence >= QUIET_SECONDS.terminal)
        this.stream.write(`${CLEAR}${this.colors.dim(`  ... ${seconds}`)}`);
    } else if (silence >= QUIET_SECONDS.other) this.line(`  ${this.phaseText}: ${seconds} so far`);
  }

  private line(text: string): void {
    this.spoken = Date.now();
    if (!this.quiet) this.stream.write(`${this.isTerminal ? CLEAR : ""}${text}\n`);
  }
}
