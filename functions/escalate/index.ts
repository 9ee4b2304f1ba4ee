import { TRIGGER_TIMEOUT_SECONDS } from "../../modules/contract";
import { awsPorts, beginInvocation, type PlatformPorts } from "../runs-core/platform-ports";
import { loadConfig } from "./config";
import { handleJobEvent, type Handled } from "./handler";

/** What Lambda passes beside the event; only what is used here. */
export interface LambdaContext {
  readonly awsRequestId?: string | undefined;
  readonly getRemainingTimeInMillis?: (() => number) | undefined;
}

let ports: PlatformPorts | undefined;

/** Takes one event of AWS Batch: the entry point of the escalate function. */
export const handler = async (event: unknown, context?: LambdaContext): Promise<Handled> => {
  ports ??= awsPorts("escalate", loadConfig());
  const inv = beginInvocation(ports, {
    requestId: context?.awsRequestId ?? "",
    remainingMs: context?.getRemainingTimeInMillis?.() ?? TRIGGER_TIMEOUT_SECONDS * 1000,
  });
  return handleJobEvent(inv, event);
};
