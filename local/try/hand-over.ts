import { type TriggerAnswer, type TriggeredOrder } from "../../modules/contract";
import { type LocalCloud } from "./local-cloud";

/** Something that is handed over to a function, in place of the event of an order. */
export interface HandedOver {
  readonly to: "trigger" | "escalate" | "notify";
  /** JSON of the event; for `notify`, of the announcement. */
  readonly body: string;
}

/** What became of a {@link HandedOver}. */
export interface Handed {
  /** Why it was not taken. */
  readonly refused?: string | undefined;
  /** The orders that the trigger answered with. */
  readonly orders: readonly TriggeredOrder[];
}

/** Hands everything over, one after the other. */
export async function handOverAll(
  cloud: LocalCloud,
  all: readonly HandedOver[],
): Promise<Handed[]> {
  const handed: Handed[] = [];
  for (const one of all) handed.push(await handOver(cloud, one));
  return handed;
}

async function handOver(
  { lambda, declared, platform }: LocalCloud,
  { to, body }: HandedOver,
): Promise<Handed> {
  if (to === "notify") {
    platform?.announce(body);
    return { orders: [] };
  }
  const result =
    to === "trigger"
      ? await lambda.lambda.invoke(declared.trigger.name, body)
      : await platform?.escalate(body);
  if (result?.functionError !== undefined) {
    const { errorMessage } = JSON.parse(result.payload) as { errorMessage?: string };
    return { refused: errorMessage ?? result.payload, orders: [] };
  }
  if (to !== "trigger" || result === undefined) return { orders: [] };
  return { orders: (JSON.parse(result.payload) as TriggerAnswer).orders };
}
