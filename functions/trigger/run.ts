import type { TriggeredOrder } from "../../modules/contract";
import { completeChain, type ChainOutcome } from "../runs-core/chain";
import type { ClaimedRun } from "../runs-core/claims";
import { roomForAnother } from "../runs-core/limits";
import { isPaused } from "../runs-core/paused";
import { runState } from "../runs-core/state";
import { claimRun, specOf } from "./claim";
import type { OrderRequest } from "./decide";
import type { TriggerInvocation } from "./invocation";

/** Claims an order, or takes up the run that was claimed before, and submits what is missing of its chain. */
export async function startOrder(
  inv: TriggerInvocation,
  order: OrderRequest,
): Promise<TriggeredOrder> {
  const run = await claimRun(inv, order);
  inv.log.info(run.fresh ? "order claimed" : "order known", {
    trigger: run.claim.trigger,
    chain: run.claim.chain,
    claimedAt: run.claim.claimedAt,
  });
  return startRun(inv, run);
}

/** Submits what is missing of a claimed run, unless it has to wait or a person has ended it. */
export async function startRun(inv: TriggerInvocation, run: ClaimedRun): Promise<TriggeredOrder> {
  const { claim, fresh } = run;
  const answer = (
    outcome: TriggeredOrder["outcome"],
    jobs: ChainOutcome["jobs"],
  ): TriggeredOrder => ({
    orderId: claim.orderId,
    orderKey: claim.orderKey,
    attempt: claim.attempt,
    chain: claim.chain,
    outcome,
    jobs,
  });
  // A run that was just claimed has no records; if another copy is faster, the intent tells.
  const state = fresh ? undefined : await runState(inv.ledger, claim);
  if (state?.status === "cancelled") return answer("known", {});
  const spec = await specOf(inv, claim);
  const waits = state === undefined || state.status === "waiting";
  if (waits && (await isPaused(inv, claim.partner))) {
    inv.log.info("order is recorded, its partner is paused");
    return answer("paused", {});
  }
  if (waits && !(await roomForAnother(inv, spec, claim))) {
    inv.log.info("order waits", { limit: spec.limits?.concurrentOrders });
    return answer("waiting", {});
  }
  const { jobs, submitted } = await completeChain(inv, claim, spec, state);
  return answer(submitted.length > 0 ? "started" : "known", jobs);
}
