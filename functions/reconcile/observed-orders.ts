import { dayKey } from "../../modules/contract";
import { runsOfDays, type DayRun } from "../../modules/ledger";
import { claimOfIndex } from "../runs-core/claims";
import { isRecord } from "../runs-core/json";
import { openDays } from "../runs-core/limits";
import type { PlatformInvocation } from "../runs-core/platform";
import { readerOf } from "../runs-core/state";
import type { ExpectationContext, ObservedOrder } from "./expectations";

const DAY_MS = 24 * 3600 * 1000;

/** What expectations are held against: the partner's orders, as the index of days tells them. */
export const observedOrders = (inv: PlatformInvocation, partner: string): ExpectationContext => ({
  orders: async (since) => {
    const now = inv.clock.now();
    const days = openDays(now, Math.floor((now - Date.parse(since)) / DAY_MS) + 2);
    const orders: ObservedOrder[] = [];
    for (const run of await runsOfDays(readerOf(inv.ledger), partner, days)) {
      const order = await observed(inv, run);
      if (order !== undefined && order.claimedAt >= since) orders.push(order);
    }
    return orders;
  },
});

async function observed(inv: PlatformInvocation, run: DayRun): Promise<ObservedOrder | undefined> {
  const claim = await claimOfIndex(inv, run.day, run);
  if (claim === undefined || claim.chain === "discovery") return undefined;
  const { orderId, orderKey, attempt, claimedAt } = claim;
  const order = { orderId, orderKey, attempt, claimedAt };
  if (run.fact !== "delivered") return order;
  const stored = await inv.ledger.find(dayKey(run.day, run, "delivered"));
  const entry: unknown = stored === undefined ? undefined : JSON.parse(stored.body);
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
