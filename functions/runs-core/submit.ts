import type { SubmitJobCommandInput } from "@aws-sdk/client-batch";
import type { StepRef, StepSpec } from "../../modules/contract";
import { PermanentError, RetryableError } from "./errors";
import { acquireIntent } from "./intent";
import { shown } from "./json";
import { lastSubmit } from "./lease";
import { findJob } from "./lookup";
import { SUBMIT_TIMEOUT_MS, type FoundJob, type Invocation } from "./ports";
import { recordJob, type StepJob } from "./record";
import { backoff } from "./retry";

const THROTTLED_FIRST_WAIT_MS = 500;
const THROTTLED_MAX_WAIT_MS = 8_000;
/** Waits before the looks for a job whose submission got no answer: it mostly shows within seconds. */
const LOOK_WAITS_MS = [0, 1_000, 3_000] as const;

/**
 * Submits a step that has no record, once: as the owner of its intent, see `lease.ts`. Where an invocation that ended
 * before has submitted it, that job is taken.
 */
export async function submitStep(
  inv: Invocation,
  ref: StepRef,
  step: StepSpec,
  request: SubmitJobCommandInput,
): Promise<StepJob> {
  // An intent that leaves no time to submit would only keep others away.
  if (inv.clock.now() + SUBMIT_TIMEOUT_MS > inv.deadline) throw outOfTime(ref);
  const acquired = await acquireIntent(inv, ref, step, request);
  switch (acquired.kind) {
    case "recorded":
      return acquired.job;
    case "found":
      return recordJob(inv, ref, request, acquired.job, "adopted");
    case "owned": {
      const job = await callBatch(inv, ref, step, request, acquired.leaseUntil);
      return recordJob(inv, ref, request, job, "submitted");
    }
  }
}

async function callBatch(
  inv: Invocation,
  ref: StepRef,
  step: StepSpec,
  request: SubmitJobCommandInput,
  leaseUntil: string,
): Promise<FoundJob> {
  const { clock, log } = inv;
  const last = Math.min(lastSubmit(leaseUntil), inv.deadline - SUBMIT_TIMEOUT_MS);
  for (let tries = 1; ; tries++) {
    if (clock.now() > last) throw outOfTime(ref);
    const outcome = await inv.batch.submit(request);
    switch (outcome.kind) {
      case "accepted": {
        const { jobId, jobArn } = outcome;
        return { jobId, jobArn, jobQueue: request.jobQueue ?? "", createdAt: clock.now() };
      }
      case "refused":
        throw new PermanentError(refusal(ref, step, request, outcome.reason));
      case "unknown":
        log.warn("submission got no answer", { reason: outcome.reason });
        return lookAfter(inv, ref, step, request, outcome.reason);
      case "throttled": {
        log.warn("submission throttled", { reason: outcome.reason, tries });
        const wait = backoff(clock, tries, THROTTLED_FIRST_WAIT_MS);
        await clock.sleep(Math.min(THROTTLED_MAX_WAIT_MS, wait));
      }
    }
  }
}

/** Looks for the job of a call that got no answer. Not to find it proves nothing so early: there is no second call. */
async function lookAfter(
  inv: Invocation,
  ref: StepRef,
  step: StepSpec,
  request: SubmitJobCommandInput,
  reason: string,
): Promise<FoundJob> {
  for (const wait of LOOK_WAITS_MS) {
    if (inv.clock.now() + wait >= inv.deadline) break;
    await inv.clock.sleep(wait);
    const found = await findJob(inv, request.jobName ?? "", step);
    if (found !== undefined) return found;
  }
  throw new RetryableError(
    `Batch gave no clear answer to the submission of step ${shown(ref.step)} of order key ${shown(ref.orderKey)} (${reason}) and does not list its job yet; the event must come again: once the lease of the step is over, the job is found or submitted anew`,
  );
}

const outOfTime = (ref: StepRef): RetryableError =>
  new RetryableError(
    `no time is left in this invocation to submit step ${shown(ref.step)} of order key ${shown(ref.orderKey)}; the event must come again`,
  );

function refusal(
  ref: StepRef,
  step: StepSpec,
  request: SubmitJobCommandInput,
  reason: string,
): string {
  const jobs = step.after.map(
    (earlier, index) => `${shown(earlier)} with job ${request.dependsOn?.[index]?.jobId ?? ""}`,
  );
  const waitsFor =
    jobs.length === 0
      ? ""
      : `. It comes after ${jobs.join(", ")}; a job that failed, or that ended more than seven days ago, can not be waited for`;
  return `Batch refused to take step ${shown(ref.step)} of order key ${shown(ref.orderKey)}: ${reason}${waitsFor}. Mend the cause and send the event again`;
}
