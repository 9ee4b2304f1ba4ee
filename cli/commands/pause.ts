import { tryPartner } from "../../local/try";
import { loadProject } from "../../modules/app";
import { type CommandContext, type CommandResult } from "../command";
import { environmentOf } from "../environments";
import { at, opened, suffixOf } from "../orders/at-place";
import { claimedEvent } from "../orders/claimed-event";
import { requireReason } from "../orders/confirm";
import { pauseText, sayPause, waitingRuns } from "../orders/pause";
import { tryText } from "../output/try-text";
import { count } from "../output/words";
import { type OrdersOptions } from "./orders";
import { rememberRun, tellEvent } from "./try";

/** Holds a partner's new orders: they are recorded, and nothing of them is submitted. */
export async function pauseCommand(
  context: CommandContext,
  partner: string,
  options: OrdersOptions,
): Promise<CommandResult> {
  const reason = requireReason(options.reason);
  return at(context, options, async (place) => {
    const cloud = await opened(place, partner);
    const record = await sayPause(cloud, "paused", { reason, by: await place.who() });
    const where = suffixOf(options);
    return {
      data: record,
      text: [
        pauseText(record),
        "new orders are recorded and wait, what is under way goes on",
        `next: partner-ingest orders resume ${partner}${where === "" ? "" : ` ${where}`}`,
      ].join("\n"),
    };
  });
}

/** Lets a partner's orders go on, and tells which have waited. */
export async function resumeCommand(
  context: CommandContext,
  partner: string,
  options: OrdersOptions,
): Promise<CommandResult> {
  const reason = options.reason === undefined ? "go on" : requireReason(options.reason);
  const { record, waiting, local } = await at(context, options, async (place) => {
    const cloud = await opened(place, partner);
    const said = await sayPause(cloud, "resumed", { reason, by: await place.who() });
    return { record: said, waiting: await waitingRuns(cloud), local: place.local };
  });
  const claims = waiting.flatMap(({ claim }) => claim ?? []);
  const orders = claims.map(({ orderId, orderKey, attempt, claimedAt }) => ({
    orderId,
    orderKey,
    attempt,
    claimedAt,
  }));
  const told = [
    `${partner} goes on since ${record.at}`,
    ...orders.map(
      ({ claimedAt, orderId, orderKey }) =>
        `  ${claimedAt}  ${JSON.stringify(orderId)}  ${orderKey}`,
    ),
  ];
  if (!local || claims.length === 0)
    return {
      data: { ...record, waiting: orders },
      text: [
        ...told,
        claims.length === 0
          ? "no order has waited"
          : `${count(claims.length, "order")} waited; the reconciler starts what has, within five minutes and by the partner's limit`,
      ].join("\n"),
    };
  // On one machine nobody passes by: what has waited is handed over again.
  const project = loadProject(context.projectRoot());
  const result = await tryPartner({
    project,
    environment: environmentOf(project, options.env).environment.id,
    partner,
    handOver: claims.map((claim) => ({ to: "trigger", body: JSON.stringify(claimedEvent(claim)) })),
    signal: context.signal,
    onEvent: (event) => {
      tellEvent(context, event, false);
    },
  });
  rememberRun(result);
  return {
    data: { ...record, waiting: orders, result },
    text: [...told, "", tryText(result, project.root, context.colors)].join("\n"),
    exit: result.outcome === "failed" ? "runFailed" : "ok",
  };
}
