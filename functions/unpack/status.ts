import {
  EXIT_CODES,
  FUNCTION_JOB_ID,
  jobStatusKey,
  type ExitCodeName,
  type JobStatusRecord,
  type StepRef,
} from "../../modules/contract";

/** A fact of the ledger and its key. */
export interface StatusFact {
  readonly key: string;
  readonly body: JobStatusRecord;
}

/** That the function has begun. */
export const begun = (ref: StepRef, startedAt: string): StatusFact =>
  fact(ref, { status: "RUNNING", attempts: [{ startedAt }], at: startedAt });

/** How the function ended: the worker's own word, as Batch would tell it of a container. */
export function ended(
  ref: StepRef,
  outcome: ExitCodeName,
  times: { readonly startedAt: string; readonly stoppedAt: string },
): StatusFact {
  const { code, meaning } = EXIT_CODES[outcome];
  const ok = outcome === "ok";
  return fact(ref, {
    status: ok ? "SUCCEEDED" : "FAILED",
    ...(ok ? {} : { statusReason: meaning }),
    attempts: [{ exitCode: code, ...times }],
    at: times.stoppedAt,
  });
}

function fact(
  { partner, orderKey, attempt, step, generation }: StepRef,
  told: Pick<JobStatusRecord, "status" | "statusReason" | "attempts" | "at">,
): StatusFact {
  const ref = { partner, orderKey, attempt, step, generation };
  return {
    key: jobStatusKey(ref, FUNCTION_JOB_ID, told.status),
    body: {
      schemaVersion: 1,
      ...ref,
      jobId: FUNCTION_JOB_ID,
      ...told,
      observedBy: "function",
    },
  };
}
