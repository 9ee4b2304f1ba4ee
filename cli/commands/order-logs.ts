import { ConfigError } from "../../modules/core";
import { type CommandContext, type CommandResult } from "../command";
import { at, opened, type PlaceOptions } from "../orders/at-place";
import { orderLogs } from "../orders/order-logs";

/** Options of `orders logs`. */
export interface OrderLogsOptions extends PlaceOptions {
  readonly step?: string;
  readonly attempt?: string;
  readonly index?: string;
  readonly tail?: string;
}

/** Lines of a stream that CloudWatch hands out at once. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
const MAX_LINES = 10_000;

/** Shows what the jobs of an order wrote. */
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
  return at(context, options, async (place) =>
    orderLogs(await opened(place, partner), order, query, context.colors),
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
