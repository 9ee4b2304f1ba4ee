import type { ClaimRecord } from "../../modules/contract";
import type { DayRun, RunState } from "../../modules/ledger";
import { isFunctionOver, isFunctions, tellNotDone } from "../runs-core/by-function";
import { claimOfIndex, runOf, writeClaim } from "../runs-core/claims";
import { isTerminal } from "../runs-core/failures";
import { recordStatus } from "../runs-core/job-status";
import { LEASE_MS } from "../runs-core/lease";
import type { PlatformInvocation } from "../runs-core/platform";
import { endRun, settleRun, type Settled } from "../runs-core/settle";
import { runState } from "../runs-core/state";
import { forgottenJob } from "./forgotten";
import { claimRetry, startRetry } from "./start-retry";
import { tellStuck } from "./tell-stuck";

/** What a pass did to a run. */
export type RunOutcome = Settled | "retried";

/** How long after its submission a job is certainly known to Batch, unless Batch has forgotten it. */
const KNOWN_AFTER_MS = 3600_000;

/** Looks after one run: asks Batch for what no event told, then does what the facts ask for. */
export async function reconcileRun(
  inv: PlatformInvocation,
  listed: DayRun,
  start: boolean,
): Promise<RunOutcome> {
  const run = runOf(listed);
  const scoped = { ...inv, log: inv.log.with({ ...run }) };
  let state = await runState(inv.ledger, run);
  if (state?.claim === undefined) {
    const claim = await claimOfIndex(inv, listed.day, run);
    // Its trigger may still be about to claim it.
    if (claim === undefined || inv.clock.now() < Date.parse(claim.claimedAt) + LEASE_MS)
      return "unclaimed";
    scoped.log.warn("run is claimed for a trigger that died");
    await writeClaim(inv, claim);
    state = await runState(inv.ledger, run);
  }
  if (state?.claim === undefined) return "unclaimed";
  // Other invocations may be at work on a run that is this young; it has its own event, and the next pass.
  if (state.status === "waiting" && inv.clock.now() < Date.parse(state.claim.claimedAt) + LEASE_MS)
    return "open";
  await askBatch(scoped, state, state.claim);
  const outcome = await settleRun(scoped, run, { start, listedDay: listed.day });
  if (outcome !== "retrying") return outcome;
  const later = await claimRetry(scoped, run);
  if (later === undefined) return "retrying";
  // Closed before the later attempt starts: the two together are one order under way.
  await endRun(scoped, state.claim, "failed", listed.day);
  await startRetry(scoped, later);
  return "retried";
}

async function askBatch(
  inv: PlatformInvocation,
  state: RunState,
  claim: ClaimRecord,
): Promise<void> {
  await endSilentFunctions(inv, state, claim);
  const waiting = state.steps.flatMap(({ step, status, current }) => {
    if (current !== undefined && isFunctions(current)) return [];
    // An event may have told of a job whose submitter died before it recorded it.
    const jobId = current?.submitted?.jobId ?? current?.job?.jobId;
    return current !== undefined &&
      jobId !== undefined &&
      status !== "succeeded" &&
      status !== "failed"
      ? [{ step, current, jobId }]
      : [];
  });
  if (waiting.length === 0) return;
  const jobs = await inv.control.describe(waiting.map(({ jobId }) => jobId));
  const now = new Date(inv.clock.now()).toISOString();
  for (const { step, current, jobId } of waiting) {
    const ref = { ...runOf(claim), step, generation: current.generation };
    const job = jobs.find((candidate) => candidate.jobId === jobId);
    if (job === undefined) {
      const since = Date.parse(current.submitted?.submittedAt ?? current.job?.at ?? now);
      if (inv.clock.now() < since + KNOWN_AFTER_MS) continue;
      await recordStatus(
        inv,
        ref,
        await forgottenJob(inv, claim, step, current, jobId),
        "reconcile",
        now,
      );
    } else {
      if (job.status !== current.job?.status) await recordStatus(inv, ref, job, "reconcile", now);
      if (!isTerminal(job)) await tellStuck(inv, state, claim, { step, current, job });
    }
  }
}

/** Of a function that crashed, ran out of memory or was never begun nobody else tells. */
async function endSilentFunctions(
  inv: PlatformInvocation,
  state: RunState,
  claim: ClaimRecord,
): Promise<void> {
  const now = inv.clock.now();
  for (const { step, status, current } of state.steps) {
    if (status === "succeeded" || status === "failed" || current === undefined) continue;
    if (!isFunctions(current) || !isFunctionOver(current, now)) continue;
    const ref = { ...runOf(claim), step, generation: current.generation };
    await tellNotDone(
      inv,
      ref,
      "it told no end: it crashed, ran out of memory or time, or was never begun",
      "reconcile",
    );
  }
}
