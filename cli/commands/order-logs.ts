import { ConfigError } from "../../modules/core";
import { type CommandContext, type CommandResult } from "../command";
import { at, opened, type PlaceOptions, suffixOf } from "../orders/at-place";
import { type OrdersPlace } from "../orders/cloud";
import { tellLines } from "../orders/follow/follow-lines";
import { followOrder, type FollowQuery } from "../orders/follow/follow-order";
import { orderLogs } from "../orders/order-logs";

/** Options of `orders logs`. */
export interface OrderLogsOptions extends PlaceOptions {
  readonly step?: string;
  readonly attempt?: string;
  readonly index?: string;
  readonly tail?: string;
  readonly follow?: boolean;
}

/** How often an order is looked at that is followed. */
const EVERY_MS = { aws: 2_000, local: 250 } as const;

/** Lines of a stream that CloudWatch hands out at once. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
const MAX_LINES = 10_000;

/** Shows what the jobs of an order wrote, or follows it until the order has ended. */
export async function orderLogsCommand(
  context: CommandContext,
  partner: string,
  order: string,
  options: OrderLogsOptions,
): Promise<CommandResult> {
  const query = {
    step: options.step,
    attempt: numberOf("--attempt", options.attempt, 1, 10_000),
    index: numberOf("--index", options.index, 0, 9_999),
    tail: numberOf("--tail", options.tail, 1, MAX_LINES) ?? 100,
  };
  return at(
    context,
    options,
    async (place) =>
      options.follow === true
        ? follow(context, place, partner, order, query, suffixOf(options))
        : orderLogs(await opened(place, partner), order, query, context.colors),
    { whileRunning: true },
  );
}

async function follow(
  { lines, colors }: CommandContext,
  place: OrdersPlace,
  partner: string,
  order: string,
  query: FollowQuery,
  suffix: string,
): Promise<CommandResult> {
  const out = lines();
  const alive = (): Promise<boolean> => place.underWay?.(partner) ?? Promise.resolve(true);
  return followOrder(
    {
      alive,
      cloud: () => opened(place, partner),
      everyMs: place.local ? EVERY_MS.local : EVERY_MS.aws,
      suffix,
    },
    order,
    query,
    tellLines(out, colors),
    out.signal,
  );
}

/** Reads a whole number of an option. */
export function numberOf(
  option: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/u.test(text) && number >= min && number <= max) return number;
  throw new ConfigError(
    `${option} must be a whole number from ${String(min)} to ${String(max)}, got ${JSON.stringify(text)}`,
  );
}
