import { jobName, type ClaimRecord, type StepSpec } from "../../modules/contract";
import type { RunState, StepState } from "../../modules/ledger";
import { isFunctionOver, isFunctions } from "./by-function";
import { pinnedSpec } from "./claims";
import { LEASE_MS, leaseOver } from "./lease";
import { findJob } from "./lookup";
import type { PlatformInvocation } from "./platform";

/**
 * Ends what a cancelled run left under way: whoever cancelled it may have died halfway, and an invocation that had read
 * the run before may submit a further step.
 *
 * @returns whether nothing can come any more: all such invocations are over, and what they submitted is ended
 */
export async function endCancelled(
  inv: PlatformInvocation,
  state: RunState,
  claim: ClaimRecord,
): Promise<boolean> {
  const cancel = state.actions.find(({ action }) => action === "cancel");
  const reason = `cancelled: ${cancel?.reason ?? ""}`;
  const now = inv.clock.now();
  let over = now >= Date.parse(cancel?.at ?? claim.claimedAt) + LEASE_MS;
  for (const step of state.steps) {
    if (step.status === "succeeded" || step.status === "failed") continue;
    // A function can not be ended from outside. Its end is near, and what it delivers is told.
    if (step.current !== undefined && isFunctions(step.current)) {
      over &&= isFunctionOver(step.current, now);
      continue;
    }
    const { intent } = step.current ?? {};
    const known = step.current?.submitted?.jobId ?? step.current?.job?.jobId;
    // Until its lease is over, a listing does not tell whether the job of an intent exists.
    if (known === undefined && intent !== undefined && !leaseOver(intent.leaseUntil, now)) {
      over = false;
      continue;
    }
    const jobId = known ?? (intent === undefined ? undefined : await unrecorded(inv, claim, step));
    if (jobId !== undefined) await inv.control.terminate(jobId, reason);
  }
  return over;
}

/** Finds the job of an intent whose owner died before it was recorded. */
async function unrecorded(
  inv: PlatformInvocation,
  claim: ClaimRecord,
  { step, current }: StepState,
): Promise<string | undefined> {
  const spec = await pinnedSpec(inv, claim);
  const found = spec.chains[claim.chain].find(({ name }: StepSpec) => name === step);
  if (found === undefined) return undefined;
  const { partner, orderKey, attempt } = claim;
  const ref = { partner, orderKey, attempt, step, generation: current?.generation ?? 1 };
  return (await findJob(inv, jobName(ref), found))?.jobId;
}
