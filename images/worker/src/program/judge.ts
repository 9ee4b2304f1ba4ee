import type { ProgramSettings } from "../../../../modules/contract";
import { interrupted } from "../step/classify";
import { StepError } from "../step/step-error";
import type { ProgramEnd } from "./run-program";

/** Says why the step fails after a program has ended, or `undefined` when the program did its work. */
export function judge(end: ProgramEnd, settings: ProgramSettings): StepError | undefined {
  // Told to stop: even an exit code of 0 says nothing, for many programs end so when they are asked to end.
  if (end.endedBy === "stop") return interrupted();
  if (end.endedBy === "noProgress")
    return new StepError(
      "noProgress",
      `the program made no progress for ${String(settings.noProgressSeconds)} s: neither output nor new bytes in ` +
        "staging; it was ended. Raise steps.noProgressSeconds if it may be silent for longer",
    );
  if (end.exitCode === 0) return undefined;
  if (end.exitCode !== null && settings.tryLaterCodes.includes(end.exitCode))
    return new StepError(
      "tryLater",
      `the program ended with exit code ${String(end.exitCode)}: the partner's server is down or asks to wait`,
    );
  if (end.sawNoSpace)
    return new StepError(
      "outOfSpace",
      `the program ended with ${howItEnded(end)} and told of a full disk; give the step more room`,
    );
  const hint = end.signal === "SIGKILL" ? " (often: out of memory; raise compute.memory)" : "";
  return new StepError(
    "programFailed",
    `the program ended with ${howItEnded(end)}${hint}; the end of its error output is in the report`,
  );
}

function howItEnded(end: ProgramEnd): string {
  return end.exitCode === null
    ? `signal ${end.signal ?? "unknown"}`
    : `exit code ${String(end.exitCode)}`;
}
