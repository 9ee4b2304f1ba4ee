import { isAbsolute, join } from "node:path";
import type { ProcessSettings } from "../../../../modules/contract";
import { childEnvironment } from "../program/child-environment";
import { judge } from "../program/judge";
import { fillPlaceholders } from "../program/placeholders";
import { runProgram } from "../program/run-program";
import type { Scratch } from "../program/scratch";
import type { StepContext } from "../step/context";
import type { StepError } from "../step/step-error";

/** What the program is run on. */
export interface ProgramOn {
  readonly input: string;
  readonly output: string;
  readonly scratch: Scratch;
}

/** How the program's work on a file failed. */
export interface ProgramFault {
  readonly error: StepError;
  /** The last line that it wrote to its error output. */
  readonly lastWords: string;
}

/** Runs the program on a file, or on the directory of all; nothing where it did its work. */
export async function runFor(
  { config, log, stop, record }: StepContext,
  settings: ProcessSettings,
  { input, output, scratch }: ProgramOn,
): Promise<ProgramFault | undefined> {
  const [program = "", ...args] = settings.program;
  const values = { orderId: config.orderId, input, output };
  const end = await runProgram({
    file: isAbsolute(program) ? join(config.root, program) : program,
    args: args.map((argument) => fillPlaceholders(argument, values)),
    directory: output,
    environment: childEnvironment(config.environment, scratch),
    noProgressSeconds: settings.noProgressSeconds,
    log,
    stop,
  });
  const error = judge(end, settings);
  if (error === undefined) return undefined;
  const { exitCode, signal, stderrTail } = end;
  record.program = { exitCode, signal, stderrTail };
  return { error, lastWords: stderrTail.trim().split("\n").at(-1)?.slice(0, 300) ?? "" };
}
