/** How much a line matters: `error` lines are what the alarm of the log group counts. */
export type LogLevel = "info" | "warn" | "error";

/** What a line tells besides its event: ids first, so that a search for an order, a run or a job finds the line. */
export interface LogFields {
  readonly partner?: string | undefined;
  readonly requestId?: string | undefined;
  readonly orderId?: string | undefined;
  readonly orderKey?: string | undefined;
  readonly attempt?: number | undefined;
  readonly step?: string | undefined;
  readonly jobId?: string | undefined;
  readonly [name: string]: unknown;
}

/** Writes one line of JSON for each thing that happened. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A log whose lines all carry these fields. */
  with(fields: LogFields): Log;
}

/**
 * Creates a log of JSON lines.
 *
 * @param write - takes one line without its end
 * @param now - milliseconds since the epoch
 */
export function jsonLog(
  write: (line: string) => void,
  now: () => number,
  fields: LogFields = {},
): Log {
  const line = (level: LogLevel, event: string, own: LogFields = {}): void => {
    write(JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...fields, ...own }));
  };
  return {
    info: (event, own) => {
      line("info", event, own);
    },
    warn: (event, own) => {
      line("warn", event, own);
    },
    error: (event, own) => {
      line("error", event, own);
    },
    with: (more) => jsonLog(write, now, { ...fields, ...more }),
  };
}
