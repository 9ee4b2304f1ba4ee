import { actionKey, type ActionRecord, type RunRef } from "../../modules/contract";
import { completeChain } from "../runs-core/chain";
import { pinnedSpec, runOf, writeClaim } from "../runs-core/claims";
import type { PlatformInvocation } from "../runs-core/platform";
import { resumeFrom } from "../runs-core/resume";
import { runState } from "../runs-core/state";

/**
 * Starts the attempt that was planned when the partner's server was down, once its time has come. It goes on from the
 * step that failed, with what was staged.
 *
 * @returns whether the later attempt is claimed: by this, an earlier pass, or a person who did not wait
 */
export async function startRetry(inv: PlatformInvocation, run: RunRef): Promise<boolean> {
  const state = await runState(inv.ledger, run);
  const { claim, retry } = state ?? {};
  if (state === undefined || claim === undefined || retry === undefined) return false;
  if (inv.clock.now() < Date.parse(retry.notBefore)) return false;
  const spec = await pinnedSpec(inv, claim);
  const next: RunRef = { ...runOf(claim), attempt: claim.attempt + 1 };
  const at = retry.notBefore;
  const action: ActionRecord = {
    schemaVersion: 1,
    ...next,
    action: "delayed-retry",
    by: "reconcile",
    reason: retry.reason,
    details: { earlier: claim.attempt, from: retry.step },
    at,
  };
  await inv.ledger.create(actionKey(next, at, "delayed-retry"), JSON.stringify(action));
  const claimed = await writeClaim(inv, {
    ...claim,
    ...next,
    resumesFrom: resumeFrom(retry.step, state, claim, spec.chains[claim.chain]),
    nonce: inv.nonce,
    claimedAt: new Date(inv.clock.now()).toISOString(),
  });
  const known = claimed.fresh ? undefined : await runState(inv.ledger, next);
  if (known?.status !== "cancelled")
    await completeChain(inv, claimed.claim, await pinnedSpec(inv, claimed.claim), known);
  return true;
}
