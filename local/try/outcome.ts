import { type ChainName, type TriggerAnswer, type TriggeredOrder } from "../../modules/contract";
import { type InvocationResult } from "../lambda";
import { collectOrder } from "./collect";
import { type LocalCloud } from "./local-cloud";
import { type TriedOrder, type TryResult } from "./result";

/** What became of a run: its orders, and what went wrong with the event itself. */
export async function outcomeOf(
  cloud: LocalCloud,
  invocations: readonly InvocationResult[],
): Promise<Pick<TryResult, "orders" | "reasons" | "outcome">> {
  const orders: TriedOrder[] = [];
  for (const order of distinct(invocations)) orders.push(await collectOrder(cloud, order));
  const reasons = [
    ...faults(cloud, invocations),
    ...orders.flatMap(({ orderId, outcome, reason }) =>
      outcome === "failed" ? [`order ${JSON.stringify(orderId)}: ${reason ?? ""}`] : [],
    ),
  ];
  const failed = reasons.length > 0;
  const delivered = orders.some(({ outcome }) => outcome === "delivered");
  return { outcome: failed ? "failed" : delivered ? "delivered" : "known", reasons, orders };
}

/** Orders of all answers, each once; listings before what they find, which is handed over side by side. */
function distinct(invocations: readonly InvocationResult[]): readonly TriggeredOrder[] {
  const orders = new Map<string, TriggeredOrder>();
  for (const { functionError, payload } of invocations) {
    if (functionError !== undefined) continue;
    for (const order of (JSON.parse(payload) as TriggerAnswer).orders) {
      const key = `${order.orderKey}/${String(order.attempt)}`;
      if (!orders.has(key)) orders.set(key, order);
    }
  }
  const rank: Readonly<Record<ChainName, number>> = { discovery: 0, order: 1 };
  return [...orders.values()].sort(
    (a, b) => rank[a.chain] - rank[b.chain] || (a.orderId < b.orderId ? -1 : 1),
  );
}

/** What went wrong with events themselves: given up by Lambda, or an error or a refusal that the caller was told. */
function faults(
  { lambda, declared }: LocalCloud,
  invocations: readonly InvocationResult[],
): string[] {
  const given = lambda.lambda.deadLetters
    .filter(({ functionName }) => functionName === declared.trigger.name)
    .map(
      ({ attempts, error }) =>
        `the event was given up after ${String(attempts)} tries: ${errorText(error)}`,
    );
  const ended = invocations.map(({ functionError, payload }) =>
    functionError === undefined
      ? {
          started: (JSON.parse(payload) as TriggerAnswer).orders.length,
          text: ignoredText(payload),
        }
      : { started: 0, text: `the trigger failed: ${errorText(payload)}` },
  );
  if (given.length > 0) return given;
  return ended.every(({ started }) => started === 0)
    ? [...new Set(ended.map(({ text }) => text))]
    : [];
}

function ignoredText(payload: string): string {
  return `the trigger started nothing: ${(JSON.parse(payload) as TriggerAnswer).ignored.join("; ")}`;
}

function errorText(payload: string): string {
  return (JSON.parse(payload) as { errorMessage?: string }).errorMessage ?? payload;
}
