import {
  type JobStateTimeLimitAction,
  type JobTimeout,
  type RetryStrategy,
} from "@aws-sdk/client-batch";
import { demand, LIMITS, shown } from "./limits";

const CONDITIONS = {
  onExitCode: /^\d*\*?$/u,
  onReason: /^[A-Za-z0-9.:\s]*\*?$/u,
  onStatusReason: /^[A-Za-z0-9.:\s]*\*?$/u,
} as const;

const CONDITION_MAX = 512;

/**
 * Refuses a retry strategy that Batch does not take.
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_RetryStrategy.html
 */
export function requireRetryStrategy(strategy: RetryStrategy | undefined): void {
  if (strategy === undefined) return;
  const { attempts, evaluateOnExit: rules = [] } = strategy;
  demand(
    attempts === undefined ||
      (Number.isInteger(attempts) && attempts >= 1 && attempts <= LIMITS.attempts),
    `retryStrategy.attempts must be between 1 and ${String(LIMITS.attempts)}, got ${shown(attempts)}`,
  );
  demand(
    rules.length === 0 || attempts !== undefined,
    "retryStrategy.attempts must be given where evaluateOnExit is",
  );
  demand(
    rules.length <= LIMITS.evaluateOnExit,
    `retryStrategy.evaluateOnExit takes at most ${String(LIMITS.evaluateOnExit)} rules, got ${String(rules.length)}`,
  );
  rules.forEach((rule, index) => {
    const at = `retryStrategy.evaluateOnExit[${String(index)}]`;
    demand(
      /^(?:retry|exit)$/iu.test(rule.action ?? ""),
      `${at}.action must be RETRY or EXIT, got ${shown(rule.action)}`,
    );
    for (const [name, pattern] of Object.entries(CONDITIONS)) {
      const value = rule[name as keyof typeof CONDITIONS];
      demand(
        value === undefined || (value.length <= CONDITION_MAX && pattern.test(value)),
        `${at}.${name} ${shown(value)} is not a pattern that Batch takes`,
      );
    }
  });
}

/**
 * Refuses a timeout that Batch does not take.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 */
export function requireTimeout(timeout: JobTimeout | undefined): void {
  const seconds = timeout?.attemptDurationSeconds;
  demand(
    seconds === undefined || (Number.isInteger(seconds) && seconds >= LIMITS.minTimeoutSeconds),
    `timeout.attemptDurationSeconds must be at least ${String(LIMITS.minTimeoutSeconds)}, got ${shown(seconds)}`,
  );
}

/** Refuses tags that Batch does not take. */
export function requireTags(tags: Readonly<Record<string, string>> | undefined): void {
  const entries = Object.entries(tags ?? {});
  demand(
    entries.length <= LIMITS.tags,
    `tags takes at most ${String(LIMITS.tags)} entries, got ${String(entries.length)}`,
  );
  for (const [key, value] of entries)
    demand(
      key.length >= 1 && key.length <= 128 && value.length <= 256 && !/^aws:/iu.test(key),
      `tag ${shown(key)} is not valid: keys take 1 to 128 characters and do not begin with "aws:", values at most 256 characters`,
    );
}

/**
 * Refuses actions on jobs that wait which Batch does not take.
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_JobStateTimeLimitAction.html
 */
export function requireTimeLimits(
  actions: readonly JobStateTimeLimitAction[] = [],
): readonly JobStateTimeLimitAction[] {
  for (const { maxTimeSeconds: seconds, state, action } of actions) {
    demand(
      seconds !== undefined &&
        seconds >= LIMITS.minTimeLimitSeconds &&
        seconds <= LIMITS.maxTimeLimitSeconds,
      `jobStateTimeLimitActions.maxTimeSeconds must be between ${String(LIMITS.minTimeLimitSeconds)} and ${String(LIMITS.maxTimeLimitSeconds)}, got ${shown(seconds)}`,
    );
    demand(
      state === "RUNNABLE" && action === "CANCEL",
      `jobStateTimeLimitActions takes the state RUNNABLE and the action CANCEL, got ${shown(state)} and ${shown(action)}`,
    );
  }
  return actions;
}
