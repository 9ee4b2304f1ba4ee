import { s3Client } from "../../images/worker/src/aws/clients";
import { readConfig } from "../../images/worker/src/config";
import { addFact } from "../../images/worker/src/ledger";
import { runStep } from "../../images/worker/src/step/run-step";
import { logOf } from "../../images/worker/src/work";
import { type ExitCodeName } from "../../modules/contract";
import { jobEnvironment } from "./job-environment";
import { readEvent } from "./read-event";
import { begun, ended, type StatusFact } from "./status";
import { stopAfter } from "./stop-after";

/** What the function works with. */
export interface UnpackPorts {
  /** Variables of the function. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly write: (line: string) => void;
  readonly now: () => Date;
}

/** Kept back of the function's time for what is told at the end: the report and the status. */
export const RESERVE_MS = 20_000;

/** What the function answers; nobody waits for it, the ledger tells all. */
export interface UnpackAnswer {
  readonly outcome: ExitCodeName;
}

/**
 * Unpacks the object that an order came from, by the worker's own code with all its checks, and tells the ledger what Batch
 * would have told of a job. What can not be done here, Batch does: it is enough to say so, or to say nothing.
 *
 * @param remainingMs - until Lambda ends the invocation
 */
export async function unpackByEvent(
  { environment, write, now }: UnpackPorts,
  event: unknown,
  remainingMs: number,
): Promise<UnpackAnswer> {
  const config = readConfig(["unpack"], jobEnvironment(readEvent(event), environment));
  const log = logOf(config, write);
  const client = s3Client(config.aws);
  // Of its own, so that the step's requests are counted from the first.
  const clientOfStep = s3Client(config.aws);
  const tell = ({ key, body }: StatusFact): Promise<boolean> =>
    addFact(client, config.ledgerBucket, key, body);
  const startedAt = now().toISOString();
  const stop = stopAfter(remainingMs - RESERVE_MS);
  try {
    await tell(begun(config, startedAt));
    const outcome = await runStep(config, log, stop, clientOfStep);
    // Who has taken the step over tells how it ended.
    if (outcome !== "superseded")
      await tell(ended(config, outcome, { startedAt, stoppedAt: now().toISOString() }));
    return { outcome };
  } finally {
    stop.clear();
    // Lambda keeps the process: connections that were left open would add up from order to order.
    client.destroy();
    clientOfStep.destroy();
  }
}
