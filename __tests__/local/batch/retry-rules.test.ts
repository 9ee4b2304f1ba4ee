import fc from "fast-check";
import { isRetried } from "../../../local/batch";

const RETRIES = "https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html";
const RULE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html";
const SPOT = { statusReason: "Host EC2 (instance i-0abc) terminated." };
const EXITED = "Essential container in task exited";

/** What Batch's documentation says, the page beside it. */
test.each([
  {
    says: "without a strategy a job is tried once",
    source: RETRIES,
    strategy: undefined,
    failed: { exitCode: 1, statusReason: EXITED },
    retried: false,
  },
  {
    says: "without rules every failure is tried again",
    source: RETRIES,
    strategy: { attempts: 2 },
    failed: { exitCode: 1, statusReason: EXITED },
    retried: true,
  },
  {
    says: "no rule that matches: tried again",
    source: RULE,
    strategy: { attempts: 2, evaluateOnExit: [{ onExitCode: "40", action: "EXIT" as const }] },
    failed: { exitCode: 41, statusReason: EXITED },
    retried: true,
  },
  {
    says: "the first rule that matches decides",
    source: RETRIES,
    strategy: {
      attempts: 2,
      evaluateOnExit: [
        { onExitCode: "1", action: "EXIT" as const },
        { onExitCode: "1", action: "RETRY" as const },
      ],
    },
    failed: { exitCode: 1, statusReason: EXITED },
    retried: false,
  },
  {
    says: "an asterisk at the end matches every continuation",
    source: RULE,
    strategy: {
      attempts: 2,
      evaluateOnExit: [
        { onStatusReason: "Host EC2*", action: "RETRY" as const },
        { onReason: "*", action: "EXIT" as const },
      ],
    },
    failed: SPOT,
    retried: true,
  },
  {
    says: "the catch-all matches a job without a reason",
    source: RETRIES,
    strategy: {
      attempts: 2,
      evaluateOnExit: [
        { onStatusReason: "Host EC2*", action: "RETRY" as const },
        { onReason: "*", action: "EXIT" as const },
      ],
    },
    failed: { exitCode: 1, statusReason: EXITED },
    retried: false,
  },
  {
    says: "without the asterisk the whole text must match",
    source: RULE,
    strategy: {
      attempts: 2,
      evaluateOnExit: [
        { onStatusReason: "Host EC2", action: "RETRY" as const },
        { onReason: "*", action: "EXIT" as const },
      ],
    },
    failed: SPOT,
    retried: false,
  },
  {
    says: "an exit code is matched in its decimal form",
    source: RULE,
    strategy: { attempts: 2, evaluateOnExit: [{ onExitCode: "13*", action: "EXIT" as const }] },
    failed: { exitCode: 137, statusReason: EXITED },
    retried: false,
  },
  {
    says: "a rule on the exit code does not match a job without one",
    source: RULE,
    strategy: { attempts: 2, evaluateOnExit: [{ onExitCode: "1*", action: "EXIT" as const }] },
    failed: SPOT,
    retried: true,
  },
  {
    says: "all conditions of a rule must hold",
    source: RULE,
    strategy: {
      attempts: 2,
      evaluateOnExit: [{ onExitCode: "1", onReason: "OutOfMemory*", action: "EXIT" as const }],
    },
    failed: { exitCode: 1, reason: "DockerTimeoutError", statusReason: EXITED },
    retried: true,
  },
  {
    says: "actions are not case sensitive",
    source: RULE,
    strategy: {
      attempts: 2,
      evaluateOnExit: [
        { onExitCode: "75", action: "retry" as "RETRY" },
        { onReason: "*", action: "exit" as "EXIT" },
      ],
    },
    failed: { exitCode: 75, statusReason: EXITED },
    retried: true,
  },
])("$says ($source)", ({ strategy, failed, retried }) => {
  expect(isRetried(strategy, 1, failed)).toBe(retried);
});

test("never more attempts than the strategy allows, whatever the rules", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 0, max: 10 }),
      fc.constantFrom("RETRY" as const, "EXIT" as const),
      (attempts, extra, action) => {
        const strategy = { attempts, evaluateOnExit: [{ onReason: "*", action }] };
        expect(isRetried(strategy, attempts + extra, { exitCode: 1 })).toBe(false);
      },
    ),
  );
});
