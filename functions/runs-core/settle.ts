import { EXIT_CAUSES } from "../../modules/batch-reasons";
import {
  dayKey,
  retryKey,
  TRY_LATER_DELAYS_SECONDS,
  type ClaimRecord,
  type DayFact,
  type RetryPlan,
  type RunRef,
} from "../../modules/contract";
import { isOver, type RunState } from "../../modules/ledger";
import { announcementOf, countsOf, type Told } from "./announcements";
import { endCancelled } from "./cancelled";
import { completeChain } from "./chain";
import { claimedDay, findClaim, pinnedSpec, runOf } from "./claims";
import { decideFailures, type FinalFailure } from "./decide-failures";
import type { StepFailure } from "./failures";
import { isRecord } from "./json";
import type { PlatformInvocation } from "./platform";
import { runState } from "./state";

/** What was done to a run. */
export type Settled =
  /** Nothing to do: jobs are under way, or the run waits. */
  | "open"
  /** Jobs were submitted. */
  | "submitted"
  /** A later attempt is planned. */
  | "retrying"
  | "delivered"
  | "failed"
  | "cancelled"
  /** Nothing of the run is in the ledger but its entry in the index. */
  | "unclaimed";

/** How a run is settled. */
export interface SettleOptions {
  /** Whether a run of which nothing was submitted may start. */
  readonly start: boolean;
  /** Days of the index that list the run, where they are not the claim's own. */
  readonly listedDay?: string | undefined;
}

/**
 * Does what the facts of a run ask for: submits what is missing, submits anew what machines let down, plans a later
 * attempt, or tells how the run ended. Everything is decided by facts and written under conditions, so that any number
 * of invocations may do it at the same time, and one that dies is gone on from by the next.
 */
export async function settleRun(
  inv: PlatformInvocation,
  run: RunRef,
  { start, listedDay }: SettleOptions,
): Promise<Settled> {
  const state = await runState(inv.ledger, run);
  const claim = state?.claim;
  if (state === undefined || claim === undefined) return "unclaimed";
  const end = (fact: DayFact): Promise<void> => endRun(inv, claim, fact, listedDay);
  if (state.status === "cancelled") {
    if (!(await endCancelled(inv, state, claim))) return "open";
    // Jobs that were done before anybody could end them have delivered, and no delivery is silent.
    const elapsedSeconds = await deliveredAfter(inv, claim);
    if (elapsedSeconds !== undefined) return tellDelivery(inv, claim, elapsedSeconds, end);
    await end("cancelled");
    return "cancelled";
  }
  if (state.status === "delivered") return tellDelivery(inv, claim, state.elapsedSeconds, end);
  if (state.status === "retrying") {
    // Told once, whoever comes: who planned it may have died before.
    if (state.retry !== undefined) await tellRetry(inv, claim, state.retry);
    return "retrying";
  }
  if (state.status === "waiting" && !start) return "open";
  const spec = await pinnedSpec(inv, claim);
  const { final, actions } = await decideFailures(inv, state, claim, spec);
  if (final === undefined) {
    const known = { ...state, actions: [...state.actions, ...actions] };
    const { submitted } = await completeChain(inv, claim, spec, known);
    return submitted.length > 0 ? "submitted" : "open";
  }
  // What runs beside the broken step may end first; it is told of once.
  if (!isOver(state)) return "open";
  const waits = final.cause.code === "try-later" && !final.takenOver;
  if (waits && (await planRetry(inv, claim, final))) return "retrying";
  await tellFailure(inv, state, claim, final);
  await end("failed");
  return "failed";
}

async function tellDelivery(
  inv: PlatformInvocation,
  claim: ClaimRecord,
  elapsedSeconds: number | undefined,
  end: (fact: DayFact) => Promise<void>,
): Promise<"delivered"> {
  if (claim.chain === "order") {
    const told = { elapsedSeconds, counts: await countsOf(inv, claim) };
    await inv.announce(announcementOf(inv, "delivered", claim, told));
  }
  await end("delivered");
  return "delivered";
}

/** Seconds from the claim to the delivery that a worker put into the index; `undefined` where none did. */
async function deliveredAfter(
  inv: PlatformInvocation,
  claim: ClaimRecord,
): Promise<number | undefined> {
  const stored = await inv.ledger.find(dayKey(claimedDay(claim), claim, "delivered"));
  if (stored === undefined) return undefined;
  const fact: unknown = JSON.parse(stored.body);
  const published = isRecord(fact) ? Date.parse(String(fact["publishedAt"])) : Number.NaN;
  const at = Number.isNaN(published) ? inv.clock.now() : published;
  return Math.max(0, Math.round((at - Date.parse(claim.claimedAt)) / 1000));
}

/** How far a person's re-run of a run is: whoever asked for it may have died before it was claimed. */
async function rerunOf(inv: PlatformInvocation, claim: ClaimRecord): Promise<Told["rerun"]> {
  const attempt = claim.attempt + 1;
  const later = await findClaim(inv, { ...runOf(claim), attempt });
  return { attempt, claimed: later !== undefined };
}

/** Plans a later attempt, unless all of them were made. */
async function planRetry(
  inv: PlatformInvocation,
  claim: ClaimRecord,
  { step, cause }: StepFailure,
): Promise<boolean> {
  const previous = await inv.ledger.find(retryKey({ ...claim, attempt: claim.attempt - 1 }));
  const plan: unknown = previous === undefined ? undefined : JSON.parse(previous.body);
  const last = isRecord(plan) && typeof plan["earlier"] === "number" ? plan["earlier"] : -1;
  const earlier = last + 1;
  const delay = TRY_LATER_DELAYS_SECONDS[earlier];
  if (delay === undefined) return false;
  const body: RetryPlan = {
    schemaVersion: 1,
    ...runOf(claim),
    step: step.step,
    notBefore: new Date(inv.clock.now() + delay * 1000).toISOString(),
    earlier,
    reason: cause.text,
  };
  await inv.ledger.create(retryKey(claim), JSON.stringify(body));
  inv.log.warn("a later attempt is planned", { notBefore: body.notBefore, earlier });
  await tellRetry(inv, claim, body);
  return true;
}

/** Tells that an order's partner is waited for: once for all its delayed attempts. */
const tellRetry = (
  inv: PlatformInvocation,
  claim: ClaimRecord,
  { step }: RetryPlan,
): Promise<void> =>
  inv.announce(
    announcementOf(inv, "retrying", claim, {
      cause: EXIT_CAUSES.tryLater,
      step,
      id: `${claim.orderKey}.retrying`,
    }),
  );

async function tellFailure(
  inv: PlatformInvocation,
  state: RunState,
  claim: ClaimRecord,
  { step, cause, takenOver }: FinalFailure,
): Promise<void> {
  // Where the end was told before the person came, there is nothing new to tell.
  if (takenOver && (await inv.ledger.find(dayKey(claimedDay(claim), claim, "told"))) !== undefined)
    return;
  const { elapsedSeconds } = state;
  const rerun = takenOver ? await rerunOf(inv, claim) : undefined;
  const told = { cause, step: step.step, generation: step.current, elapsedSeconds, rerun };
  await inv.announce(announcementOf(inv, "failed", claim, told));
}

/** Closes a run in the index: after its end was announced, so that an end is never silent. */
export async function endRun(
  inv: PlatformInvocation,
  claim: ClaimRecord,
  fact: DayFact,
  listedDay?: string,
): Promise<void> {
  const at = new Date(inv.clock.now()).toISOString();
  const body = JSON.stringify({ schemaVersion: 1, ...runOf(claim), fact, at });
  for (const day of new Set([claimedDay(claim), listedDay ?? claimedDay(claim)]))
    for (const word of [fact, "told"] as const)
      await inv.ledger.create(dayKey(day, claim, word), body);
}
