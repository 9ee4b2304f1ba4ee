import { isAbsolute, join } from "node:path";
import type { PublishTarget } from "../../../../modules/contract";
import { childEnvironment } from "../program/child-environment";
import { runProgram } from "../program/run-program";
import { makeScratch } from "../program/scratch";
import type { StepContext } from "../step/context";
import { StepError } from "../step/step-error";
import type { SourceFile } from "../upload/source-file";
import { pathMatcher } from "./patterns";
import { stableFaults } from "./stable-keys";

/** Longest silence of the command that looks at a delivery. */
const NO_PROGRESS_SECONDS = 1800;

/**
 * Compares a delivery with the rules of the partner file.
 *
 * @param files - without checksum files, which are no content
 * @throws StepError `badDelivery` that names all rules that it breaks
 */
export function requireRules(files: readonly SourceFile[], settings: PublishTarget): void {
  const { minFiles, maxFiles, minBytes, maxBytes, requiredFiles = [], stable = [] } = settings;
  const bytes = files.reduce((sum, { identity }) => sum + identity.size, 0);
  const faults: string[] = [];
  const count = String(files.length);
  if (files.length < minFiles)
    faults.push(
      `holds ${count} files besides its checksum files, expected at least ${String(minFiles)}`,
    );
  if (maxFiles !== undefined && files.length > maxFiles)
    faults.push(
      `holds ${count} files besides its checksum files, expected at most ${String(maxFiles)}`,
    );
  if (minBytes !== undefined && bytes < minBytes)
    faults.push(`holds ${String(bytes)} bytes, expected at least ${String(minBytes)}`);
  if (maxBytes !== undefined && bytes > maxBytes)
    faults.push(`holds ${String(bytes)} bytes, expected at most ${String(maxBytes)}`);
  faults.push(
    ...stableFaults(
      files.map(({ path }) => path),
      stable,
    ),
  );
  for (const pattern of requiredFiles) {
    const matches = pathMatcher(pattern);
    if (!files.some(({ path }) => matches(path)))
      faults.push(`holds no file that matches ${JSON.stringify(pattern)}`);
  }
  if (faults.length > 0)
    throw new StepError(
      "badDelivery",
      `the delivery ${faults.join("; it ")}; nothing was published`,
      { faults: faults.map((fault) => `the delivery ${fault}`) },
    );
}

/**
 * Runs the command of the partner file that looks at a delivery before it is published, such as a malware scan.
 *
 * @throws StepError `badDelivery` when it ends with another code than 0
 */
export async function runBeforePublish(
  { config, log, stop }: StepContext,
  directory: string,
  command: readonly string[],
): Promise<void> {
  const [program = "", ...args] = command;
  const scratch = await makeScratch(config.root);
  try {
    const { exitCode, signal, endedBy, stderrTail } = await runProgram({
      file: isAbsolute(program) ? join(config.root, program) : program,
      args: args.map((argument) => argument.replaceAll("{staging}", directory)),
      directory,
      environment: childEnvironment(config.environment, scratch),
      noProgressSeconds: NO_PROGRESS_SECONDS,
      log,
      stop,
    });
    if (exitCode === 0) return;
    stop.throwIfAborted();
    const how =
      endedBy === "noProgress"
        ? `made no progress for ${String(NO_PROGRESS_SECONDS)} seconds`
        : `ended with ${exitCode === null ? String(signal) : `code ${String(exitCode)}`}`;
    const said = stderrTail === "" ? "" : `: ${stderrTail.slice(-500)}`;
    const fault = `the command of beforePublish, ${JSON.stringify(program)}, ${how}${said}`;
    throw new StepError("badDelivery", `${fault}; nothing was published`, { faults: [fault] });
  } finally {
    await scratch.remove();
  }
}
