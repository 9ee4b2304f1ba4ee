import type { RunRef, StepRef, TriggeredOrder } from "../../modules/contract";
import { claimRun, indexClaim, specOf, type ClaimedRun } from "./claim";
import type { OrderRequest } from "./decide";
import { jobRequest } from "./job-request";
import type { Invocation } from "./ports";
import { recordedJob } from "./record";
import { submitStep } from "./submit";

/** Generation of a step that was not submitted anew: the trigger makes no other. */
const FIRST_GENERATION = 1;

/** Claims an order, or takes up the run that was claimed before, and submits what is missing of its chain. */
export async function startOrder(inv: Invocation, order: OrderRequest): Promise<TriggeredOrder> {
  const run = await claimRun(inv, order);
  inv.log.info(run.fresh ? "order claimed" : "order known", {
    trigger: run.claim.trigger,
    chain: run.claim.chain,
    claimedAt: run.claim.claimedAt,
  });
  const { jobs, submitted } = await completeChain(inv, run);
  return {
    orderId: run.claim.orderId,
    orderKey: order.orderKey,
    attempt: run.claim.attempt,
    chain: run.claim.chain,
    outcome: submitted ? "started" : "known",
    jobs,
  };
}

async function completeChain(
  inv: Invocation,
  { claim, fresh }: ClaimedRun,
): Promise<{ jobs: Record<string, string>; submitted: boolean }> {
  const { partner, orderKey, attempt } = claim;
  const run: RunRef = { partner, orderKey, attempt };
  const spec = await specOf(inv, claim);
  const jobs: Record<string, string> = {};
  let submitted = false;
  let indexed = false;
  for (const step of spec.chains[claim.chain]) {
    const ref: StepRef = { ...run, step: step.name, generation: FIRST_GENERATION };
    const scoped = { ...inv, log: inv.log.with({ step: step.name }) };
    // A run that was just claimed has no records; if another copy is faster, the intent tells.
    let job = fresh ? undefined : await recordedJob(scoped, ref);
    if (job === undefined) {
      if (!indexed) await indexClaim(inv, claim);
      indexed = true;
      job = await submitStep(scoped, ref, step, jobRequest(ref, step, claim, spec, jobs));
    }
    jobs[step.name] = job.jobId;
    submitted ||= job.submitted;
  }
  return { jobs, submitted };
}
