import { dayKey, type ClaimRecord } from "../../modules/contract";
import { runsOfDays, type DayRun } from "../../modules/ledger";
import { claimOfIndex } from "../runs-core/claims";
import { RetryableError } from "../runs-core/errors";
import { isRecord } from "../runs-core/json";
import { openDays } from "../runs-core/limits";
import type { PlatformInvocation } from "../runs-core/platform";
import { readerOf } from "../runs-core/state";
import type { ExpectationContext, ObservedOrder } from "./expectations";

const DAY_MS = 24 * 3600 * 1000;
/** How many runs are read at a time. */
const READS = 16;

/** How long a pass may read the orders of one partner; what it has read, the next one knows. */
const READ_MS = 15_000;
/** So many runs are kept in mind from pass to pass. */
const KEPT_MAX = 50_000;

/** Runs that were delivered, which never change, from pass to pass. */
export type KnownOrders = Map<string, ObservedOrder | undefined>;

/**
 * What expectations are held against: the partner's orders, as the index of days tells them. What is asked for twice is
 * read once.
 *
 * @param kept - outlives the pass; a partner with thousands of orders a day is not read anew every five minutes
 */
export function observedOrders(
  inv: PlatformInvocation,
  partner: string,
  kept: KnownOrders = new Map(),
): ExpectationContext {
  const known = new Map<string, ObservedOrder | undefined>();
  const until = Math.min(inv.deadline, inv.clock.now() + READ_MS);
  if (kept.size > KEPT_MAX) kept.clear();
  const read = async (run: DayRun): Promise<void> => {
    const id = `${partner} ${idOf(run)}`;
    const order = kept.has(id) ? kept.get(id) : await observed(inv, run);
    known.set(idOf(run), order);
    if (run.fact === "delivered") kept.set(id, order);
  };
  return {
    orders: async (since) => {
      const now = inv.clock.now();
      const days = openDays(now, Math.floor((now - Date.parse(since)) / DAY_MS) + 2);
      const runs = await runsOfDays(readerOf(inv.ledger), partner, days);
      const unread = runs.filter((run) => !known.has(idOf(run)));
      for (let at = 0; at < unread.length; at += READS) {
        if (inv.clock.now() >= until)
          throw new RetryableError(
            `there was no time to read all ${String(runs.length)} runs of ${String(days.length)} days; the next pass goes on`,
          );
        await Promise.all(unread.slice(at, at + READS).map(read));
      }
      return ordersOf(runs.flatMap((run) => known.get(idOf(run)) ?? [])).filter(
        ({ claimedAt }) => claimedAt >= since,
      );
    },
  };
}

const idOf = ({ day, orderKey, attempt }: DayRun): string =>
  `${day} ${orderKey}.${String(attempt)}`;

/**
 * Takes the attempts of an order for one: it is there since the first was claimed, and delivered by whichever did. An
 * order whose first attempt is not among them is an old one that was run again, and fills no slot of today.
 */
function ordersOf(attempts: readonly ObservedOrder[]): ObservedOrder[] {
  const byKey = new Map<string, ObservedOrder[]>();
  for (const one of attempts) byKey.set(one.orderKey, [...(byKey.get(one.orderKey) ?? []), one]);
  return [...byKey.values()].flatMap((own) => {
    const sorted = own.sort((a, b) => a.attempt - b.attempt);
    const [first, last] = [sorted[0], sorted.at(-1)];
    if (first?.attempt !== 1 || last === undefined) return [];
    const done = sorted.find(({ deliveredAt }) => deliveredAt !== undefined) ?? last;
    return [{ ...done, claimedAt: first.claimedAt, dueAt: first.dueAt }];
  });
}

async function observed(inv: PlatformInvocation, run: DayRun): Promise<ObservedOrder | undefined> {
  const claim = await claimOfIndex(inv, run.day, run);
  if (claim === undefined || claim.chain === "discovery") return undefined;
  const { orderId, orderKey, attempt, claimedAt } = claim;
  const order = { orderId, orderKey, attempt, claimedAt, dueAt: dueAt(claim) };
  if (run.fact !== "delivered") return order;
  const stored = await inv.ledger.read(dayKey(run.day, run, "delivered"));
  const entry: unknown = JSON.parse(stored.body);
  if (!isRecord(entry)) return order;
  // The worker's entry tells when and how much; the reconciler's own, where the worker wrote none, only when.
  const { publishedAt, at, files, bytes } = entry;
  const deliveredAt = [publishedAt, at].find((value) => typeof value === "string");
  return {
    ...order,
    deliveredAt: deliveredAt ?? claimedAt,
    ...(typeof files === "number" && typeof bytes === "number" ? { totals: { files, bytes } } : {}),
  };
}

const dueAt = ({ source, claimedAt }: ClaimRecord): string =>
  source.kind === "schedule" ? new Date(source.scheduledTime).toISOString() : claimedAt;
