import {
  jobStatusKey,
  ORDER_KEY_PATTERN,
  type JobStatusRecord,
  type StepRef,
} from "../../modules/contract";
import type { Invocation, JobDetail } from "./ports";

/** Reads a job's name back; `undefined` for a job that is none of ours. See `jobName`. */
export function stepOfJobName(name: string): StepRef | undefined {
  const [partner, orderKey, attempt, step, generation, ...rest] = name.split("--");
  if (partner === undefined || orderKey === undefined || step === undefined || rest.length > 0)
    return undefined;
  if (!ORDER_KEY_PATTERN.test(orderKey)) return undefined;
  if (!/^[1-9]\d{0,8}$/u.test(attempt ?? "") || !/^g[1-9]\d{0,8}$/u.test(generation ?? ""))
    return undefined;
  return {
    partner,
    orderKey,
    attempt: Number(attempt),
    step,
    generation: Number(generation?.slice(1)),
  };
}

/**
 * Adds what Batch said of a job to the ledger. Each status of a job has one key, so that it does not matter in which
 * order, or how often, it is told.
 */
export async function recordStatus(
  inv: Pick<Invocation, "ledger">,
  ref: StepRef,
  job: JobDetail,
  observedBy: JobStatusRecord["observedBy"],
  at: string,
): Promise<void> {
  const body: JobStatusRecord = {
    schemaVersion: 1,
    ...ref,
    jobId: job.jobId,
    status: job.status,
    statusReason: job.statusReason,
    attempts: job.attempts,
    ...(job.children === undefined ? {} : { children: job.children }),
    observedBy,
    at,
  };
  await inv.ledger.create(jobStatusKey(ref, job.jobId, job.status), JSON.stringify(body));
}
