import { type EvaluateOnExit, type RetryStrategy } from "@aws-sdk/client-batch";

/** How an attempt failed, as Batch's retry rules see it. */
export interface FailedAttempt {
  /** Missing where the container never ran, or its host went away. */
  readonly exitCode?: number | undefined;
  /** Reason of the container. */
  readonly reason?: string | undefined;
  /** Reason of the job's status. */
  readonly statusReason?: string | undefined;
}

/**
 * Decides whether Batch tries a job again after a failed attempt.
 *
 * Rules are read in order and the first whose conditions all hold decides; where none does, the job is tried again.
 * Timeouts, cancelling and terminating never come here: Batch does not retry them.
 *
 * @param attempts - how many attempts there were, the failed one included
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html
 */
export function isRetried(
  strategy: RetryStrategy | undefined,
  attempts: number,
  failed: FailedAttempt,
): boolean {
  if (attempts >= (strategy?.attempts ?? 1)) return false;
  const rule = (strategy?.evaluateOnExit ?? []).find((candidate) => matches(candidate, failed));
  return rule === undefined || rule.action?.toUpperCase() === "RETRY";
}

function matches(rule: EvaluateOnExit, failed: FailedAttempt): boolean {
  const exitCode = failed.exitCode === undefined ? undefined : String(failed.exitCode);
  return (
    holds(rule.onExitCode, exitCode) &&
    holds(rule.onReason, failed.reason) &&
    holds(rule.onStatusReason, failed.statusReason)
  );
}

/** A condition that is left out holds; `*` alone holds for a missing text too, as the catch-all of AWS's examples shows. */
function holds(pattern: string | undefined, text: string | undefined): boolean {
  if (pattern === undefined || pattern === "*") return true;
  if (text === undefined) return false;
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
