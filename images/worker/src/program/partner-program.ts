import { isAbsolute, join } from "node:path";
import type { ProgramSettings } from "../../../../modules/contract";
import type { StepContext } from "../step/context";
import { childEnvironment } from "./child-environment";
import { judge } from "./judge";
import type { LineSplitter } from "./lines";
import { fillPlaceholders } from "./placeholders";
import { runProgram } from "./run-program";
import type { Scratch } from "./scratch";

/** Where the partner's program runs. */
export interface ProgramPlace {
  readonly scratch: Scratch;
  /** What `{staging}` stands for, and the directory that the program starts in. */
  readonly staging: string;
  readonly stdout?: LineSplitter;
}

/**
 * Runs the partner's program to its good end, and records how it ended.
 *
 * @throws StepError when it did not do its work
 */
export async function runPartnerProgram(
  context: StepContext,
  settings: ProgramSettings,
  place: ProgramPlace,
): Promise<void> {
  const { config, log, stop, record } = context;
  const [program = "", ...args] = settings.program;
  const values = { orderId: config.orderId, staging: place.staging };
  const end = await runProgram({
    // On one machine the container's paths are looked up below the directory that stands for its root.
    file: isAbsolute(program) ? join(config.root, program) : program,
    args: args.map((argument) => fillPlaceholders(argument, values)),
    directory: place.staging,
    environment: childEnvironment(config.environment, place.scratch),
    noProgressSeconds: settings.noProgressSeconds,
    log,
    stop,
    stdout: place.stdout,
  });
  const { exitCode, signal, stderrTail } = end;
  record.program = { exitCode, signal, stderrTail };
  log.info("the partner's program has ended", { exitCode, signal });
  const fault = judge(end, settings);
  if (fault !== undefined) throw fault;
}
