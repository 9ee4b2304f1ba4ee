import { type CliExitName } from "./exit-codes";
import { type Colors } from "./output/colors";
import { type LineStream } from "./output/line-stream";
import { type Progress } from "./output/progress";

/** What every command works with. */
export interface CommandContext {
  /** Directory that the command was called in. */
  readonly cwd: string;
  readonly colors: Colors;
  readonly progress: Progress;
  /** Is aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /**
   * Opens stdout for lines that are told while the command goes on. With `--json` each is an object in a line of its own,
   * and so is the result, or the error, that comes last.
   */
  readonly lines: () => LineStream;
  /** Root of the project; the commands that need one ask for it. */
  readonly projectRoot: () => string;
}

/** What a command answers. */
export interface CommandResult {
  /** For `--json`. */
  readonly data: unknown;
  /** For people. */
  readonly text: string;
  /** @default "ok" */
  readonly exit?: CliExitName;
}
