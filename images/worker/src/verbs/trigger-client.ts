import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { ManualEvent, TriggerAnswer, TriggeredOrder } from "../../../../modules/contract";
import type { AwsConfig } from "../config";

/** How long an answer of the trigger is waited for; longer than the function itself may run. */
const ANSWER_MS = 300_000;

/** Hands one order to the trigger and returns what became of it. */
export type StartOrder = (orderId: string, signal: AbortSignal) => Promise<TriggeredOrder>;

/** Makes the starter that invokes the trigger function directly. */
export function triggerStarter(aws: AwsConfig, functionName: string): StartOrder {
  const client = new LambdaClient({
    region: aws.region,
    // Invoking twice is harmless: the trigger's claim makes the second one find the first.
    maxAttempts: 8,
    retryMode: "adaptive",
    requestHandler: new NodeHttpHandler({ connectionTimeout: 10_000, socketTimeout: ANSWER_MS }),
  });
  return async (orderId, signal) => {
    const event: ManualEvent = { kind: "manual", orderId };
    const answer = await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        InvocationType: "RequestResponse",
        Payload: Buffer.from(JSON.stringify(event)),
      }),
      { abortSignal: signal },
    );
    const payload = Buffer.from(answer.Payload ?? []).toString("utf8");
    if (answer.FunctionError !== undefined)
      throw new FunctionFault(`the trigger failed: ${faultText(payload)}`);
    return startedOrder(payload, orderId);
  };
}

/** The trigger was reached and failed. */
export class FunctionFault extends Error {
  override readonly name = "FunctionFault";
}

function startedOrder(payload: string, orderId: string): TriggeredOrder {
  let answer: Partial<TriggerAnswer> | null;
  try {
    answer = JSON.parse(payload) as Partial<TriggerAnswer> | null;
  } catch {
    throw new FunctionFault(
      `the trigger answered no JSON: ${JSON.stringify(payload.slice(0, 200))}`,
    );
  }
  const order = answer?.orders?.find((entry) => entry.orderId === orderId);
  if (order !== undefined) return order;
  const reason = answer?.ignored?.join("; ") ?? "";
  throw new FunctionFault(`the trigger started nothing${reason === "" ? "" : `: ${reason}`}`);
}

function faultText(payload: string): string {
  try {
    const { errorMessage } = JSON.parse(payload) as { errorMessage?: unknown };
    if (typeof errorMessage === "string") return errorMessage;
  } catch {
    // A payload that is no JSON is shown as it is.
  }
  return JSON.stringify(payload.slice(0, 200));
}
