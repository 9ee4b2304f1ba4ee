import { UNPACK_TIMEOUT_SECONDS } from "../../modules/contract";
import { unpackByEvent, type UnpackAnswer } from "./handler";

/** What Lambda passes beside the event; only what is used here. */
export interface LambdaContext {
  readonly getRemainingTimeInMillis?: (() => number) | undefined;
}

/** Unpacks the small object of one order: the entry point of the unpack function. */
export const handler = (event: unknown, context?: LambdaContext): Promise<UnpackAnswer> =>
  unpackByEvent(
    {
      environment: process.env,
      write: (line) => void process.stdout.write(line),
      now: () => new Date(),
    },
    event,
    context?.getRemainingTimeInMillis?.() ?? UNPACK_TIMEOUT_SECONDS * 1000,
  );
