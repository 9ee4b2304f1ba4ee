import { type CliExitName } from "./exit-codes";
import { type Colors } from "./output/colors";
import { type Progress } from "./output/progress";

/** What every command works with. */
export interface CommandContext {
  /** Directory that the command was called in. */
  readonly cwd: string;
  readonly colors: Colors;
  readonly progress: Progress;
  /** Is aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
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
