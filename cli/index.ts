#!/usr/bin/env node
import { CommanderError } from "commander";
import { CLI_EXIT_CODES } from "./exit-codes";
import { buildProgram } from "./program";

/** Aborted by the first Ctrl-C or SIGTERM; a second one ends at once, and takes everything along. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(CLI_EXIT_CODES.interrupted.code);
      process.stderr.write("\nstopping ...\n");
      controller.abort();
    });
  return controller.signal;
}

/** Whoever reads has seen enough (`| head`): what was done stays done, and the exit code tells of it. */
function forgiveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
}

async function main(): Promise<void> {
  forgiveClosedPipes();
  let code: number = CLI_EXIT_CODES.ok.code;
  const program = buildProgram(
    {
      cwd: process.cwd(),
      environment: process.env,
      stdout: process.stdout,
      stderr: process.stderr,
      signal: stopSignal(),
    },
    (exitCode) => {
      code = exitCode;
    },
  );
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are no errors; commander has printed what is to be said.
    code = error.exitCode === 0 ? CLI_EXIT_CODES.ok.code : CLI_EXIT_CODES.settings.code;
  }
  process.exitCode = code;
}

void main();
