import type { BatchJobDefinitionRetryStrategyEvaluateOnExit } from "@cdktf/provider-aws/lib/batch-job-definition";
import type { Pool } from "../config";
import { EXIT_CODES } from "../contract";
import { AssumptionError } from "../core";

/** @see https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html */
export const RETRY_RULES_MAX = 5;

/** Status reasons with which Batch tells that it took the place away from a job that ran. */
const HOST_LOST: Readonly<Record<Pool["kind"], readonly string[]>> = {
  "ec2-spot-fallback": ["Host EC2*"],
  ec2: ["Host EC2*"],
  "fargate-spot": ["Your Spot Task was interrupted*"],
  fargate: [],
};

/**
 * When Batch tries a job again: the host was lost, the task never started (image pull, mount, network), or the worker
 * ended with a code that says so. Everything else ends the job: without the last rule Batch would retry it.
 * The order counts, the first rule that matches decides.
 */
export function retryRules(kind: Pool["kind"]): BatchJobDefinitionRetryStrategyEvaluateOnExit[] {
  const rules: BatchJobDefinitionRetryStrategyEvaluateOnExit[] = [
    // Its reason tells what failed, e.g. CannotPullContainerError; there is no room for a rule for each.
    ...[...HOST_LOST[kind], "Task failed to start*"].map((onStatusReason) => ({
      action: "RETRY",
      onStatusReason,
    })),
    ...Object.values(EXIT_CODES)
      .filter(({ onExit }) => onExit === "retry")
      .map(({ code }) => String(code))
      .sort()
      .map((onExitCode) => ({ action: "RETRY", onExitCode })),
    { action: "EXIT", onReason: "*" },
  ];
  if (rules.length > RETRY_RULES_MAX)
    throw new AssumptionError(
      `a retry strategy takes ${String(RETRY_RULES_MAX)} rules, the exit codes ask for ${String(rules.length)}`,
    );
  return rules;
}
