import type { ClaimRecord, PartnerSpec } from "../../modules/contract";
import { daysBetween, runsOfDays, type DayRun } from "../../modules/ledger";
import type { Invocation } from "./ports";
import { readerOf } from "./state";

/** How many days back a run can have been claimed and still be open: Batch has forgotten older jobs. */
export const OPEN_DAYS = 14;

const DAY_MS = 24 * 3600 * 1000;

/** The days of the index in which open runs are looked for, oldest first. */
export const openDays = (now: number, days = OPEN_DAYS): string[] =>
  daysBetween(now - (days - 1) * DAY_MS, now);

/** Lists the partner's runs that have not ended; one that is in the index of two days is one. */
export async function openRuns(
  inv: Pick<Invocation, "ledger">,
  partner: string,
  days: readonly string[],
): Promise<DayRun[]> {
  const runs = await runsOfDays(readerOf(inv.ledger), partner, days);
  const ended = new Set(runs.filter(isEnded).map(idOf));
  const open = runs.filter((run) => !ended.has(idOf(run)));
  return [...new Map(open.map((run) => [idOf(run), run])).values()];
}

/** A cancelled run's jobs may be under way until it is told: whoever submits it may have read it before its cancel. */
const isEnded = ({ fact, told }: DayRun): boolean =>
  fact === "cancelled" ? told : fact !== "claimed";

const idOf = ({ orderKey, attempt }: DayRun): string => `${orderKey}.${String(attempt)}`;

/**
 * Tells whether a run that is claimed may start under its partner's limit of concurrent orders.
 *
 * Runs that wait count, too. Every run is in the index before this looks: of two that are claimed at the same time, at
 * least one sees the other, so that the limit is never exceeded; both may wait, and the reconciler starts them in the
 * order of their claims.
 */
export async function roomForAnother(
  inv: Invocation,
  spec: PartnerSpec,
  claim: ClaimRecord,
): Promise<boolean> {
  const limit = spec.limits?.concurrentOrders;
  if (limit === undefined || claim.chain === "discovery") return true;
  const open = await openRuns(inv, spec.partner, openDays(inv.clock.now()));
  return open.length <= limit;
}
