import { runsOfDays, type DayRun } from "../../modules/ledger";
import { claimOfIndex, pinnedSpec } from "../runs-core/claims";
import { openDays } from "../runs-core/limits";
import type { PlatformInvocation } from "../runs-core/platform";
import { readerOf, runState } from "../runs-core/state";

/** A run that has to be looked at. */
export interface OpenRun {
  readonly run: DayRun;
  /** Whether it may start, where nothing of it was submitted. */
  readonly start: boolean;
}

/** Days that every pass looks into; of the older ones each pass takes one, so that all come round in about an hour. */
const NEW_DAYS = 2;
const PASS_MS = 5 * 60_000;

/** The days that a pass looks into, oldest first. */
export function daysOfPass(now: number): string[] {
  const days = openDays(now);
  const older = days.slice(0, -NEW_DAYS);
  const turn = older[Math.floor(now / PASS_MS) % older.length];
  return [...(turn === undefined ? [] : [turn]), ...days.slice(-NEW_DAYS)];
}

/** Lists the runs of a partner whose end was not told, by the index alone; reads more only under a limit. */
export async function openIn(
  inv: PlatformInvocation,
  partner: string,
): Promise<{ readonly runs: readonly OpenRun[] }> {
  const listed = await runsOfDays(readerOf(inv.ledger), partner, daysOfPass(inv.clock.now()));
  const open = oncePerRun(listed);
  const limit = await limitOf(inv, open);
  if (limit === undefined) return { runs: open.map((run) => ({ run, start: true })) };
  // Under a limit every run counts that may be under way, whichever days this pass looks into.
  const all = oncePerRun(
    await runsOfDays(readerOf(inv.ledger), partner, openDays(inv.clock.now())),
  );
  return { runs: await admitted(inv, all, limit) };
}

/** A run may be listed under two days, by two that wanted to claim it around midnight; its end is told under both. */
function oncePerRun(listed: readonly DayRun[]): DayRun[] {
  const runs = new Map<string, DayRun>();
  for (const run of listed) if (!run.told) runs.set(`${run.orderKey}.${String(run.attempt)}`, run);
  return [...runs.values()];
}

async function limitOf(
  inv: PlatformInvocation,
  open: readonly DayRun[],
): Promise<number | undefined> {
  const newest = open.at(-1);
  if (newest === undefined) return undefined;
  const claim = await claimOfIndex(inv, newest.day, newest);
  return claim === undefined ? undefined : (await pinnedSpec(inv, claim)).limits?.concurrentOrders;
}

/** Lets the oldest waiting runs start while fewer than the limit are under way. */
async function admitted(
  inv: PlatformInvocation,
  open: readonly DayRun[],
  limit: number,
): Promise<OpenRun[]> {
  const states = [];
  for (const run of open) {
    const state = await runState(inv.ledger, run);
    const claim = state?.claim ?? (await claimOfIndex(inv, run.day, run));
    const status = state?.claim === undefined ? "waiting" : state.status;
    states.push({ run, status, claimedAt: claim?.claimedAt ?? "" });
  }
  // Until it is told, a run that failed may go on elsewhere, and a cancelled one's jobs may be under way.
  const underWay = states.filter(({ status }) =>
    ["running", "failed", "cancelled"].includes(status),
  );
  let room = limit - underWay.length;
  const waiting = states
    .filter(({ status }) => status === "waiting")
    .sort((a, b) => (a.claimedAt < b.claimedAt ? -1 : 1));
  const starts = new Set(waiting.filter(() => room-- > 0).map(({ run }) => run));
  return states.map(({ run }) => ({ run, start: starts.has(run) }));
}
