import { type Colors } from "./colors";

/** Where progress is shown. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** After so long without a word, the phase under way is told again with its time. */
const QUIET_SECONDS = { terminal: 1, other: 30 } as const;

/** Clears the line on a terminal. */
const CLEAR = "\r\u001b[2K";

/**
 * Tells on stderr what goes on. On a terminal the phase under way has a clock; elsewhere it is told again now and then, so
 * that nobody takes a long silence for a hang.
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
    this.endPhase();
    this.phaseText = text;
    this.since = Date.now();
    this.spoken = this.since;
    if (this.stream.isTTY !== true) this.line(`${text} ...`);
    this.timer ??= setInterval(() => {
      this.tick();
    }, 1000).unref();
    this.tick();
  }

  /** Tells something that happened within the phase. */
  note(text: string): void {
    this.spoken = Date.now();
    this.line(`  ${text}`);
    this.tick();
  }

  /** Ends the phase; nothing more is shown until the next. */
  done(): void {
    this.endPhase();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private endPhase(): void {
    if (this.phaseText === undefined) return;
    if (this.stream.isTTY === true) this.line(this.withTime(this.phaseText));
    this.phaseText = undefined;
  }

  private tick(): void {
    if (this.phaseText === undefined || this.quiet) return;
    if (this.stream.isTTY === true) {
      this.stream.write(`${CLEAR}${this.colors.cyan("›")} ${this.withTime(this.phaseText)}`);
      return;
    }
    if (Date.now() - this.spoken < QUIET_SECONDS.other * 1000) return;
    this.spoken = Date.now();
    this.line(`${this.withTime(this.phaseText)}, still at it`);
  }

  private withTime(text: string): string {
    const seconds = Math.floor((Date.now() - this.since) / 1000);
    return seconds < QUIET_SECONDS.terminal
      ? text
      : `${text} ${this.colors.dim(`${String(seconds)} s`)}`;
  }

  private line(text: string): void {
    if (this.quiet) return;
    this.stream.write(`${this.stream.isTTY === true ? CLEAR : ""}${text}\n`);
  }
}
