import { type CommandContext, type CommandResult } from "./command";
import { errorJson, errorText, toldError } from "./errors";
import { CLI_EXIT_CODES } from "./exit-codes";
import { findProject } from "./find-project";
import { colorsFor } from "./output/colors";
import { lineStream } from "./output/line-stream";
import { Progress } from "./output/progress";

/** What a command line has around it. */
export interface Surroundings {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly directory?: string;
}

/** Runs a command: result to stdout, everything else to stderr. Returns the exit code. */
export async function runCommand(
  around: Surroundings,
  options: CommonOptions,
  command: (context: CommandContext) => Promise<CommandResult>,
): Promise<number> {
  const { stdout, stderr, environment, signal } = around;
  const json = options.json === true;
  const onError = colorsFor(stderr, environment);
  const progress = new Progress(stderr, onError, json);
  const cwd = options.directory ?? around.cwd;
  let streams = false;
  const jsonText = (data: unknown): string =>
    `${JSON.stringify(data, undefined, streams ? undefined : 2)}\n`;
  try {
    const result = await command({
      cwd,
      colors: json ? colorsFor({}, {}) : colorsFor(stdout, environment),
      progress,
      signal,
      lines: () => {
        streams = true;
        return lineStream(stdout, json, signal);
      },
      projectRoot: () => findProject(cwd),
    });
    progress.done();
    stdout.write(json ? jsonText(result.data) : withNewline(result.text));
    return CLI_EXIT_CODES[result.exit ?? "ok"].code;
  } catch (error) {
    progress.done();
    const told = toldError(error);
    if (json) stdout.write(jsonText(errorJson(told)));
    stderr.write(errorText(told, onError));
    return CLI_EXIT_CODES[told.exit].code;
  }
}

function withNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
