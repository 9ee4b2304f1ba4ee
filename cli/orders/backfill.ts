import { type TriggerAnswer } from "../../modules/contract";
import { dayOf, daysBetween, runsOfDays } from "../../modules/ledger";
import { type CommandResult } from "../command";
import { table } from "../output/table";
import { count } from "../output/words";
import { missingOrders, type Period } from "./backfill-candidates";
import { type OrdersPlace, type PartnerCloud } from "./cloud";
import { lastAttempts } from "./list-orders";
import { rerunEvent } from "./rerun-order";
import { readAttempt, stepToResume } from "./show-order";
import { recordAction } from "./write-fact";

/** Which orders of a period are done. */
export const BACKFILL_MODES = ["missing", "failed", "all"] as const;

/** What is asked for. */
export interface BackfillWish extends Period {
  readonly mode: (typeof BACKFILL_MODES)[number];
  /** Orders that are started at most. */
  readonly max: number;
  readonly by: string;
  readonly reason: string;
}

/** An order that is to be started, or done again. */
export interface BackfillOrder {
  readonly orderId: string;
  readonly orderKey: string;
  readonly at: string;
  readonly why: "missing" | "failed" | "again";
  readonly event: unknown;
}

/** The orders that a backfill starts, and those that are left for a later one. */
export interface BackfillPlan {
  readonly orders: readonly BackfillOrder[];
  readonly left: number;
  readonly notes: readonly string[];
}

/** Finds what a backfill does: oldest first, no more than was allowed. Changes nothing. */
export async function planBackfill(
  place: OrdersPlace,
  cloud: PartnerCloud,
  wish: BackfillWish,
): Promise<BackfillPlan> {
  const found: BackfillOrder[] = [];
  const notes: string[] = [];
  const partner = place.project.partners.find(({ id }) => id === cloud.partner);
  if (wish.mode !== "failed" && partner !== undefined) {
    const missing = await missingOrders(place, cloud, partner, wish);
    found.push(...missing.orders.map((order) => ({ ...order, why: "missing" as const })));
    notes.push(...missing.notes);
  }
  if (wish.mode !== "missing") found.push(...(await knownOrders(cloud, wish, notes)));
  const sorted = found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const orders = sorted.slice(0, wish.max);
  return { orders, left: sorted.length - orders.length, notes };
}

/** Orders of the index of days: those whose last attempt failed, or all that are not under way. */
async function knownOrders(
  cloud: PartnerCloud,
  { from, to, mode, by, reason }: BackfillWish,
  notes: string[],
): Promise<BackfillOrder[]> {
  const days = daysBetween(from, to);
  const runs = lastAttempts(await runsOfDays(cloud.ledger, cloud.partner, days));
  const orders: BackfillOrder[] = [];
  for (const run of runs) {
    if (mode === "failed" && run.fact !== "failed") continue;
    const state = await readAttempt(cloud, { orderKey: run.orderKey, attempts: [run.attempt] });
    const { claim, status } = state;
    if (claim === undefined || claim.chain !== "order") continue;
    if (status === "running" || status === "waiting" || status === "retrying") {
      notes.push(`${run.orderKey} is under way and left alone`);
      continue;
    }
    const failed = status === "failed";
    // A failed order goes on where it broke; what was delivered is done from the beginning.
    const from = failed ? stepToResume(state) : undefined;
    orders.push({
      orderId: claim.orderId,
      orderKey: run.orderKey,
      at: claim.claimedAt,
      why: failed ? "failed" : "again",
      event: rerunEvent(state, { from, reason, by }),
    });
  }
  return orders;
}

/** Records beside an order that it was started by a backfill; a re-run's own record says so already. */
export async function recordBackfill(
  cloud: PartnerCloud,
  order: BackfillOrder,
  answer: Pick<TriggerAnswer, "orders">,
  { by, reason, mode, from, to }: BackfillWish,
): Promise<void> {
  if (order.why !== "missing") return;
  const details = { mode, from: dayOf(from), to: dayOf(to) };
  for (const { orderKey, attempt } of answer.orders)
    await recordAction(
      cloud,
      { partner: cloud.partner, orderKey, attempt },
      { action: "backfill", by, reason, details },
    );
}

/** What became of an order of a plan. */
export interface Backfilled {
  readonly order: BackfillOrder;
  /** Missing in a dry run. */
  readonly outcome?: string | undefined;
  readonly refused: boolean;
}

/** A plan, or what became of it, for people and for --json. */
export function backfillResult(
  { left, notes }: BackfillPlan,
  done: readonly Backfilled[],
  dryRun: boolean,
): CommandResult {
  const refused = done.filter((one) => one.refused).length;
  const verb = dryRun ? "would be started" : "handed over";
  const rest = left === 0 ? "" : `; ${String(left)} more are left for another call, see --max`;
  return {
    data: {
      dryRun,
      orders: done.map(({ order, outcome }) => {
        const { orderId, orderKey, at, why } = order;
        return { orderId, orderKey, at, why, outcome };
      }),
      left,
      notes,
    },
    text: [
      ...(done.length === 0
        ? []
        : [
            table(
              done.map(({ order, outcome = "" }) => [
                order.at,
                JSON.stringify(order.orderId),
                order.orderKey,
                order.why,
                outcome,
              ]),
            ),
            "",
          ]),
      ...notes.map((note) => `note: ${note}`),
      `${count(done.length - refused, "order")} ${verb}${refused === 0 ? "" : `, ${String(refused)} refused`}${rest}`,
    ].join("\n"),
    exit: refused > 0 ? "runFailed" : "ok",
  };
}
