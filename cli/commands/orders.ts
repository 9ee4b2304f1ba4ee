import { tryPartner } from "../../local/try";
import { loadProject } from "../../modules/app";
import { type CommandContext, type CommandResult } from "../command";
import { environmentOf, requirePartner } from "../environments";
import { announceDecision } from "../orders/announce-decision";
import { at, bucketsOf, opened, type PlaceOptions, suffixOf } from "../orders/at-place";
import { cancelOrder } from "../orders/cancel-order";
import { confirm, requireReason } from "../orders/confirm";
import { findOrder } from "../orders/find-order";
import { listOrders } from "../orders/list-orders";
import { listQuarantine, rejectOrder, releaseOrder } from "../orders/quarantine";
import { invokeTrigger, rerunEvent } from "../orders/rerun-order";
import { nextCommand, readAttempt, showOrder } from "../orders/show-order";
import { momentOf } from "../orders/since";
import { tryText } from "../output/try-text";
import { rememberRun, tellEvent } from "./try";

/** Options of the commands about orders. */
export interface OrdersOptions extends PlaceOptions {
  readonly since?: string;
  readonly failed?: boolean;
  readonly partner?: readonly string[];
  readonly from?: string;
  readonly verify?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
}

/** Lists the orders of the last days. */
export async function listCommand(
  context: CommandContext,
  options: OrdersOptions,
): Promise<CommandResult> {
  return at(
    context,
    options,
    (place) => {
      const { project } = place;
      const now = Date.now();
      return listOrders(
        place,
        {
          partners:
            options.partner?.map((id) => requirePartner(project, id)) ??
            project.partners.map(({ id }) => id),
          since: momentOf("--since", options.since ?? "2d", now),
          now,
          failed: options.failed === true,
          suffix: suffixOf(options),
        },
        context.colors,
      );
    },
    { whileRunning: true },
  );
}

/** Shows an order. */
export async function showCommand(
  context: CommandContext,
  partner: string,
  order: string,
  options: OrdersOptions,
): Promise<CommandResult> {
  return at(
    context,
    options,
    async (place) =>
      showOrder(await opened(place, partner), order, suffixOf(options), context.colors),
    { whileRunning: true },
  );
}

/** Does an order again. */
export async function rerunCommand(
  context: CommandContext,
  partner: string,
  order: string,
  options: OrdersOptions,
): Promise<CommandResult> {
  const reason = requireReason(options.reason);
  const { event, answer } = await at(context, options, async (place) => {
    const cloud = await opened(place, partner);
    const state = await readAttempt(cloud, await findOrder(cloud, order));
    const made = rerunEvent(state, {
      from: options.from,
      verify: options.verify,
      reason,
      by: await place.who(),
    });
    return {
      event: made,
      answer: place.local ? undefined : await invokeTrigger(place, cloud, made),
    };
  });
  if (answer !== undefined) {
    const [started] = answer.orders;
    return {
      data: answer,
      text:
        started === undefined
          ? `the trigger started nothing: ${answer.ignored.join("; ")}`
          : `${started.outcome === "paused" ? `${partner} is paused: ` : ""}attempt ${String(started.attempt)} of ${started.orderKey} is ${started.outcome}: partner-ingest orders show ${partner} ${started.orderKey}${suffixOf(options) === "" ? "" : ` ${suffixOf(options)}`}`,
      exit: started === undefined ? "runFailed" : "ok",
    };
  }
  const project = loadProject(context.projectRoot());
  const result = await tryPartner({
    project,
    environment: environmentOf(project, options.env).environment.id,
    partner,
    handOver: [{ to: "trigger", body: JSON.stringify(event) }],
    signal: context.signal,
    onEvent: (told) => {
      tellEvent(context, told, false);
    },
  });
  rememberRun(result);
  return {
    data: result,
    text: tryText(result, project.root, context.colors),
    exit: result.outcome === "failed" ? "runFailed" : "ok",
  };
}

/** Ends an order's newest attempt. */
export async function cancelCommand(
  context: CommandContext,
  partner: string,
  order: string,
  options: OrdersOptions,
): Promise<CommandResult> {
  const reason = requireReason(options.reason);
  await confirm(`cancel ${JSON.stringify(order)} of ${partner}`, options.yes);
  return at(
    context,
    options,
    async (place) =>
      cancelOrder(await opened(place, partner), order, { reason, by: await place.who() }),
    { whileRunning: true },
  );
}

/** Lists what is in quarantine. */
export async function quarantineListCommand(
  context: CommandContext,
  partner: string,
  options: OrdersOptions,
): Promise<CommandResult> {
  return at(context, options, async (place) =>
    listQuarantine(await opened(place, partner), bucketsOf(place, partner), suffixOf(options)),
  );
}

/** Publishes, or turns down, what is in quarantine. */
export async function quarantineDecideCommand(
  context: CommandContext,
  decision: "release" | "reject",
  partner: string,
  order: string,
  options: OrdersOptions,
): Promise<CommandResult> {
  const reason = requireReason(options.reason);
  await confirm(`${decision} ${JSON.stringify(order)} of ${partner}`, options.yes);
  return at(context, options, async (place) => {
    const act = decision === "release" ? releaseOrder : rejectOrder;
    const cloud = await opened(place, partner);
    const result = await act(cloud, bucketsOf(place, partner), order, {
      reason,
      by: await place.who(),
      announce: (decided) => announceDecision(place, cloud, decided),
    });
    if (decision === "release") return result;
    // The same text as `orders show` tells for it from now on.
    const state = await readAttempt(cloud, await findOrder(cloud, order));
    const next = nextCommand(state, order, suffixOf(options));
    return { ...result, text: `${result.text}\nwhen it was delivered anew: ${next}` };
  });
}
