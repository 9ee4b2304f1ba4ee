import { InvokeCommand } from "@aws-sdk/client-lambda";
import { type RerunEvent, type TriggerAnswer } from "../../modules/contract";
import { ConfigError } from "../../modules/core/errors";
import { type RunState } from "../../modules/ledger";
import { type OrdersPlace, type PartnerCloud } from "./cloud";
import { asked, CloudError } from "./cloud-error";

/** Makes the event that does an order again; refuses what the trigger would refuse, with what to do. */
export function rerunEvent(
  state: RunState,
  wish: {
    readonly from?: string | undefined;
    readonly verify?: boolean | undefined;
    readonly reason: string;
    readonly by: string;
  },
): RerunEvent {
  const { run, status, steps } = state;
  if (status === "running" || status === "waiting")
    throw new ConfigError(
      `attempt ${String(run.attempt)} of ${run.orderKey} is under way; wait until it has ended, or end it: partner-ingest orders cancel ${run.partner} ${run.orderKey}`,
    );
  if (wish.verify === true) requireDelivered(state, wish.from);
  const known = steps.map(({ step }) => step);
  if (wish.from !== undefined && !known.includes(wish.from))
    throw new ConfigError(
      `--from must be a step of the order, got ${JSON.stringify(wish.from)}; known are ${known.join(", ")}`,
    );
  return {
    kind: "rerun",
    orderKey: run.orderKey,
    attempt: run.attempt,
    ...(wish.from === undefined ? {} : { from: wish.from }),
    ...(wish.verify === true ? { verify: true } : {}),
    reason: wish.reason,
    by: wish.by,
  };
}

function requireDelivered({ run, status }: RunState, from: string | undefined): void {
  if (from !== undefined)
    throw new ConfigError(
      `--verify compares all that was delivered and begins at no step, got --from ${JSON.stringify(from)}; leave one of them out`,
    );
  if (status !== "delivered")
    throw new ConfigError(
      `--verify compares what was delivered, and attempt ${String(run.attempt)} of ${run.orderKey} is ${status}; leave --verify out to do the order again`,
    );
}

/** Hands an event to the partner's trigger and waits for its answer. */
export async function invokeTrigger(
  place: OrdersPlace,
  { partner, lambda }: PartnerCloud,
  event: unknown,
): Promise<TriggerAnswer> {
  if (lambda === undefined) throw new ConfigError("there is no function to invoke on this machine");
  const name = place.naming.name("function", partner, "trigger");
  const { FunctionError, Payload } = await asked(
    `invoke ${name}`,
    lambda.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) })),
  );
  const text = Payload === undefined ? "" : Buffer.from(Payload).toString("utf8");
  if (FunctionError !== undefined) {
    const { errorMessage } = JSON.parse(text) as { errorMessage?: string };
    throw new CloudError(`the trigger of ${partner} refused: ${errorMessage ?? text}`);
  }
  return JSON.parse(text) as TriggerAnswer;
}
