import { TRIGGER_TIMEOUT_SECONDS } from "../../modules/contract";
import { awsPorts, beginInvocation, type PlatformPorts } from "../runs-core/platform-ports";
import { s3Partners } from "../runs-core/s3-partners";
import { loadConfig } from "./config";
import { checkExpectations } from "./expectations";
import { observedOrders, type KnownOrders } from "./observed-orders";
import { reconcile, type Reconciled } from "./reconcile";

/** What Lambda passes beside the event; only what is used here. */
export interface LambdaContext {
  readonly awsRequestId?: string | undefined;
  readonly getRemainingTimeInMillis?: (() => number) | undefined;
}

let wired: { ports: PlatformPorts; partners: () => Promise<readonly string[]> } | undefined;

/** Kept as long as Lambda keeps the process. */
const known: KnownOrders = new Map();

/** Goes over the open runs of all partners: the entry point of the reconcile function. */
export const handler = async (_event: unknown, context?: LambdaContext): Promise<Reconciled> => {
  if (wired === undefined) {
    const config = loadConfig();
    wired = { ports: awsPorts("reconcile", config), partners: s3Partners(config) };
  }
  const inv = beginInvocation(wired.ports, {
    requestId: context?.awsRequestId ?? "",
    remainingMs: context?.getRemainingTimeInMillis?.() ?? TRIGGER_TIMEOUT_SECONDS * 1000,
  });
  return reconcile(inv, await wired.partners(), [
    (own, spec, now) => checkExpectations(observedOrders(own, spec.partner, known), spec, now),
  ]);
};
