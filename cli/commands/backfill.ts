import { tryPartner } from "../../local/try";
import { loadProject } from "../../modules/app";
import { ConfigError } from "../../modules/core";
import { type CommandContext, type CommandResult } from "../command";
import { environmentOf } from "../environments";
import { at, opened, type PlaceOptions } from "../orders/at-place";
import {
  BACKFILL_MODES,
  type Backfilled,
  type BackfillPlan,
  backfillResult,
  type BackfillWish,
  planBackfill,
  recordBackfill,
} from "../orders/backfill";
import { type OrdersPlace, type PartnerCloud } from "../orders/cloud";
import { confirm, requireReason } from "../orders/confirm";
import { invokeTrigger } from "../orders/rerun-order";
import { momentOf } from "../orders/since";
import { numberOf } from "./order-logs";
import { rememberRun, tellEvent } from "./try";

/** Options of `orders backfill`. */
export interface BackfillOptions extends PlaceOptions {
  readonly from?: string;
  readonly to?: string;
  readonly mode?: string;
  readonly max?: string;
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
}

const DAY_MS = 24 * 3600 * 1000;

/** Starts the orders of a period that are missing, and does those again that failed. */
export async function backfillCommand(
  context: CommandContext,
  partner: string,
  options: BackfillOptions,
): Promise<CommandResult> {
  const dryRun = options.dryRun === true;
  const asked = { ...periodOf(options), mode: modeOf(options.mode), max: maxOf(options.max) };
  const reason = dryRun ? "dry run" : requireReason(options.reason);
  if (!dryRun) await confirm(`start up to ${String(asked.max)} orders of ${partner}`, options.yes);
  const { wish, plan, result } = await at(context, options, async (place) => {
    const cloud = await opened(place, partner);
    const by = dryRun ? "" : await place.who();
    const whole: BackfillWish = { ...asked, by, reason };
    const found = await planBackfill(place, cloud, whole);
    return {
      wish: whole,
      plan: found,
      result: dryRun
        ? backfillResult(
            found,
            found.orders.map((order) => ({ order, refused: false })),
            true,
          )
        : place.local
          ? undefined
          : backfillResult(found, await startAll(place, cloud, whole, found), false),
    };
  });
  return result ?? backfillHere(context, partner, options, wish, plan);
}

async function startAll(
  place: OrdersPlace,
  cloud: PartnerCloud,
  wish: BackfillWish,
  { orders }: BackfillPlan,
): Promise<Backfilled[]> {
  const done: Backfilled[] = [];
  for (const order of orders)
    try {
      const answer = await invokeTrigger(place, cloud, order.event);
      await recordBackfill(cloud, order, answer, wish);
      done.push({ order, outcome: answer.orders[0]?.outcome ?? "known", refused: false });
    } catch (error) {
      done.push({ order, outcome: (error as Error).message, refused: true });
    }
  return done;
}

/** The same on this machine, where the functions run as long as they have something to do. */
async function backfillHere(
  context: CommandContext,
  partner: string,
  options: BackfillOptions,
  wish: BackfillWish,
  plan: BackfillPlan,
): Promise<CommandResult> {
  if (plan.orders.length === 0) return backfillResult(plan, [], false);
  const project = loadProject(context.projectRoot());
  const result = await tryPartner({
    project,
    environment: environmentOf(project, options.env).environment.id,
    partner,
    handOver: plan.orders.map(({ event }) => ({ to: "trigger", body: JSON.stringify(event) })),
    signal: context.signal,
    onEvent: (event) => {
      tellEvent(context, event, false);
    },
  });
  rememberRun(result);
  return at(context, options, async (place) => {
    const cloud = await opened(place, partner);
    const done: Backfilled[] = [];
    for (const [index, order] of plan.orders.entries()) {
      const { refused, orders = [] } = result.handed[index] ?? {};
      await recordBackfill(cloud, order, { orders }, wish);
      const ended = result.orders.find(({ orderKey }) => orderKey === order.orderKey);
      const outcome = refused ?? ended?.outcome ?? "known";
      done.push({ order, outcome, refused: refused !== undefined || outcome === "failed" });
    }
    return backfillResult(plan, done, false);
  });
}

/** A day as the end of a period is the whole day. */
function periodOf({ from, to }: BackfillOptions): { from: number; to: number } {
  const now = Date.now();
  const begin = momentOf("--from", from ?? "", now);
  const end =
    to === undefined
      ? now
      : momentOf("--to", to, now) + (/^\d{4}-\d{2}-\d{2}$/u.test(to) ? DAY_MS - 1 : 0);
  // What is not due yet is not missing.
  const last = Math.min(end, now);
  if (begin > last)
    throw new ConfigError(
      `--from must lie before --to and before now, got ${new Date(begin).toISOString()} and ${new Date(end).toISOString()}`,
    );
  return { from: begin, to: last };
}

function modeOf(text = "missing"): BackfillWish["mode"] {
  const mode = BACKFILL_MODES.find((known) => known === text);
  if (mode !== undefined) return mode;
  throw new ConfigError(
    `--mode must be one of ${BACKFILL_MODES.join(", ")}, got ${JSON.stringify(text)}`,
  );
}

const maxOf = (text: string | undefined): number => numberOf("--max", text, 1, 1000) ?? 10;
