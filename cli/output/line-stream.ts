import { type ProgressStream } from "./progress";

/** One of the lines that a command tells while it goes on. */
export interface StreamedLine {
  /** For people. */
  readonly text: string;
  /** For `--json`: one object, in one line. */
  readonly data: object;
}

/** Where a command tells lines while it goes on; its result is the last of them. */
export interface LineStream {
  write(line: StreamedLine): void;
  /** Is aborted by Ctrl-C, by SIGTERM, and when nobody reads any more (`| head`). */
  readonly signal: AbortSignal;
}

/** Opens a {@link LineStream} on stdout. */
export function lineStream(
  stdout: NodeJS.WritableStream & ProgressStream,
  json: boolean,
  signal: AbortSignal,
): LineStream {
  const closed = new AbortController();
  stdout.once("error", () => {
    closed.abort();
  });
  return {
    write: ({ text, data }) => {
      if (!closed.signal.aborted) stdout.write(`${json ? JSON.stringify(data) : text}\n`);
    },
    signal: AbortSignal.any([signal, closed.signal]),
  };
}
