import { type NamedOrder, type PauseRecord, showCommand } from "../../modules/contract";
import { ConfigError } from "../../modules/core/errors";
import { type DayRun, daysBetween, runsOfDays } from "../../modules/ledger";
import { type CommandResult } from "../command";
import { type Colors } from "../output/colors";
import { table } from "../output/table";
import { count } from "../output/words";
import { type OrdersPlace } from "./cloud";
import { pauseOf, pauseText } from "./pause";

/** What {@link listOrders} looks for. */
export interface ListQuery {
  readonly partners: readonly string[];
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly now: number;
  /** Only orders whose last attempt failed. */
  readonly failed: boolean;
  /** What is added to a command so that it goes to the same place. @default nothing */
  readonly suffix?: string;
}

/** More days are more requests than anybody wants to wait for. */
const MAX_DAYS = 400;

const WORDS: Readonly<Record<DayRun["fact"], string>> = {
  claimed: "under way",
  delivered: "delivered",
  failed: "failed",
  cancelled: "cancelled",
};

/**
 * Lists orders by the ledger's index of days: one request for each partner and day, and one more for each thousand
 * entries of a day; one for each partner tells whether it is paused. No fact of a run is read.
 */
export async function listOrders(
  place: OrdersPlace,
  query: ListQuery,
  colors: Colors,
): Promise<CommandResult> {
  const days = daysBetween(query.since, query.now);
  if (days.length === 0 || days.length > MAX_DAYS)
    throw new ConfigError(
      `--since must lie between now and ${String(MAX_DAYS)} days before, got ${new Date(query.since).toISOString()}`,
    );
  const orders: DayRun[] = [];
  const paused: PauseRecord[] = [];
  for (const partner of query.partners) {
    const cloud = await place.open(partner);
    if (cloud === undefined) continue;
    orders.push(...lastAttempts(await runsOfDays(cloud.ledger, partner, days)));
    const pause = await pauseOf(cloud);
    if (pause !== undefined) paused.push(pause);
  }
  const shown = query.failed ? orders.filter(({ fact }) => fact === "failed") : orders;
  return {
    data: { days, orders: shown, paused },
    text: [
      textOf(shown, days, query, colors),
      ...paused.map((pause) => colors.yellow(pauseText(pause))),
    ].join("\n"),
  };
}

/** What became of an order is what became of its last attempt. */
export function lastAttempts(runs: readonly DayRun[]): DayRun[] {
  const last = new Map<string, DayRun>();
  for (const run of runs) {
    const known = last.get(run.orderKey);
    if (known === undefined || known.attempt < run.attempt) last.set(run.orderKey, run);
  }
  return [...last.values()];
}

/** An order by its key, which is all that the index of days tells. */
const named = ({ partner, orderKey }: DayRun): NamedOrder => ({
  partner,
  orderId: orderKey,
  orderKey,
});

function textOf(
  orders: readonly DayRun[],
  days: readonly string[],
  { failed, suffix = "" }: ListQuery,
  colors: Colors,
): string {
  const from = `since ${days[0] ?? ""}`;
  const [first] = orders;
  if (first === undefined) return `no ${failed ? "failed " : ""}orders ${from}`;
  const rows = orders.map(({ day, partner, orderKey, attempt, fact }) => [
    day,
    partner,
    orderKey,
    `attempt ${String(attempt)}`,
    fact === "failed" ? colors.red(WORDS[fact]) : WORDS[fact],
  ]);
  return [
    table(rows),
    "",
    `${count(orders.length, failed ? "failed order" : "order")} ${from}`,
    ...(failed ? [`next: ${showCommand(named(first), suffix)}`] : []),
  ].join("\n");
}
