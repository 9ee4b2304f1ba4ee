/** How much a line matters. */
export type Level = "info" | "warn" | "error";

/** What a log line may carry besides its message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one JSON object a line; the fields that tie a line to its run are set once. */
export class Log {
  constructor(
    private readonly fields: LogFields,
    private readonly write: (line: string) => void,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Logs what happens. */
  info(message: string, fields: LogFields = {}): void {
    this.line("info", message, fields);
  }

  /** Logs what should be looked at, though the step goes on. */
  warn(message: string, fields: LogFields = {}): void {
    this.line("warn", message, fields);
  }

  /** Logs why the step fails. */
  error(message: string, fields: LogFields = {}): void {
    this.line("error", message, fields);
  }

  /** Makes a log whose lines carry further fields. */
  with(fields: LogFields): Log {
    return new Log({ ...this.fields, ...fields }, this.write, this.now);
  }

  private line(level: Level, message: string, fields: LogFields): void {
    // Time, level and message win over equal names in the fields: who reads the log filters by them.
    const entry = { ...this.fields, ...fields };
    this.write(`${JSON.stringify({ ...entry, time: this.now().toISOString(), level, message })}\n`);
  }
}
