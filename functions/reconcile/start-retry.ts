import {
  actionKey,
  type ActionRecord,
  type ClaimRecord,
  type RunRef,
} from "../../modules/contract";
import { completeChain } from "../runs-core/chain";
import { pinnedSpec, runOf, writeClaim } from "../runs-core/claims";
import { roomForAnother } from "../runs-core/limits";
import { isPaused } from "../runs-core/paused";
import type { PlatformInvocation } from "../runs-core/platform";
import { resumeFrom } from "../runs-core/resume";
import { runState } from "../runs-core/state";

/**
 * Claims the attempt that was planned when the partner's server was down, once its time has come. It goes on from the
 * step that failed, with what was staged.
 *
 * @returns the claim of the later attempt: by this, an earlier pass, or a person who did not wait; nothing before its
 * time
 */
export async function claimRetry(
  inv: PlatformInvocation,
  run: RunRef,
): Promise<ClaimRecord | undefined> {
  const state = await runState(inv.ledger, run);
  const { claim, retry } = state ?? {};
  if (state === undefined || claim === undefined || retry === undefined) return undefined;
  if (inv.clock.now() < Date.parse(retry.notBefore)) return undefined;
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
    // What goes on after a failure goes on in Batch.
    functions: undefined,
    resumesFrom: resumeFrom(retry.step, state, claim, spec.chains[claim.chain]),
    nonce: inv.nonce,
    claimedAt: new Date(inv.clock.now()).toISOString(),
  });
  return claimed.claim;
}

/** Starts a delayed attempt where its partner's limit leaves room; else it waits its turn like any other. */
export async function startRetry(inv: PlatformInvocation, claim: ClaimRecord): Promise<void> {
  const state = await runState(inv.ledger, claim);
  if (state?.status === "cancelled") return;
  const spec = await pinnedSpec(inv, claim);
  const waits = state?.status === "waiting";
  if (waits && (await isPaused(inv, claim.partner))) return;
  if (waits && !(await roomForAnother(inv, spec, claim))) return;
  await completeChain(inv, claim, spec, state);
}
