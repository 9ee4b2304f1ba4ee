import { EXIT_CODES, exitCodeName, type JobStatusRecord, type StepReport } from "../contract";
import type { Cause } from "./cause";
import { EXIT_CAUSES, FOREIGN_EXIT_CAUSES, INTERRUPTED_BY_HOST, TERMINATED } from "./exit-causes";
import { JOB_REASONS, UNKNOWN_REASON } from "./reasons";

/** Finds the cause that a text of Batch or ECS stands for. */
export const causeOfReason = (text: string): Cause | undefined =>
  JOB_REASONS.find(({ pattern }) => pattern.test(text));

/**
 * Tells why a job failed: by the last attempt's exit code where there is one, because it says more than Batch's words;
 * else by what Batch and ECS wrote.
 *
 * @param reports - what the worker told of the same job (or child); only the one of the last attempt counts
 */
export function causeOf(
  job: Pick<JobStatusRecord, "statusReason" | "attempts">,
  reports: readonly StepReport[] = [],
): Cause {
  const last = job.attempts.at(-1);
  const lost = causeOfReason(startText(last) ?? last?.statusReason ?? "");
  // A machine that goes away ends the container with a code of its own; the host's word is the cause.
  if (lost?.infrastructure === true) return lost;
  const code = last?.exitCode;
  // TerminateJob ends a container by the same signal as a host does, and leaves the caller's own text.
  if (code === SIGTERM_CODE && isOwnText(job.statusReason)) return TERMINATED;
  if (code !== undefined && code !== 0) return causeOfExit(code, reports.at(-1), last?.reason);
  for (const text of [last?.reason, last?.statusReason, job.statusReason]) {
    const cause = text === undefined ? undefined : causeOfReason(text);
    if (cause !== undefined) return cause;
  }
  return UNKNOWN_REASON;
}

/** Of a container that did not start, Batch says only that; why, the container's own reason tells. */
function startText(last: JobStatusRecord["attempts"][number] | undefined): string | undefined {
  if (last?.reason === undefined || !/^Task failed to start/u.test(last.statusReason ?? ""))
    return undefined;
  return causeOfReason(last.reason) === undefined ? undefined : last.reason;
}

const SIGTERM_CODE = 143;

/** Whether a job's reason is neither Batch's word for a container that ended nor in the table. */
const isOwnText = (text: string | undefined): boolean =>
  text !== undefined &&
  !/^(?:Essential container in task exited|Task failed to start)/u.test(text) &&
  causeOfReason(text) === undefined;

function causeOfExit(code: number, report: StepReport | undefined, reason = ""): Cause {
  if (code === EXIT_CODES.interrupted.code && report?.interruptedByHost === true)
    return INTERRUPTED_BY_HOST;
  const name = exitCodeName(code);
  if (name !== undefined) return EXIT_CAUSES[name];
  return causeOfReason(reason) ?? FOREIGN_EXIT_CAUSES[code] ?? UNKNOWN_REASON;
}
