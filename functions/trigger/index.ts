import { randomUUID } from "node:crypto";
import path from "node:path";
import { BatchClient } from "@aws-sdk/client-batch";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { TRIGGER_TIMEOUT_SECONDS, type TriggerAnswer } from "../../modules/contract";
import { awsBatch } from "../runs-core/aws-batch";
import { awsFunctions } from "../runs-core/aws-functions";
import { jsonLog } from "../runs-core/log";
import { s3Ledger } from "../runs-core/s3-ledger";
import { loadConfig } from "./config";
import { s3CountFiles } from "./count-files";
import { handle, type HandlerPorts } from "./handler";

/** What Lambda passes beside the event; only what is used here. */
export interface LambdaContext {
  readonly awsRequestId?: string | undefined;
  readonly getRemainingTimeInMillis?: (() => number) | undefined;
}

let ports: HandlerPorts | undefined;

/**
 * Starts the orders that an event holds: the entry point of the trigger function.
 *
 * The configuration is read with the first event rather than when the module loads: a fault is then an error of that
 * event with its own text, not a function that does not start.
 */
export const handler = async (event: unknown, context?: LambdaContext): Promise<TriggerAnswer> => {
  ports ??= wire();
  return handle(ports, event, {
    requestId: context?.awsRequestId ?? "",
    remainingMs: context?.getRemainingTimeInMillis?.() ?? TRIGGER_TIMEOUT_SECONDS * 1000,
  });
};

function wire(): HandlerPorts {
  const config = loadConfig(path.join(__dirname, "spec.json"));
  const clock = {
    now: Date.now,
    sleep: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
  };
  const log = jsonLog((line) => process.stdout.write(`${line}\n`), clock.now);
  const { region } = config;
  // The SDK repeats nothing: SubmitJob must not be repeated, and the ledger's calls are repeated where time is watched.
  const s3 = new S3Client({ region, maxAttempts: 1 });
  // One connection for each call: one kept from the last event is often dead after Lambda thawed the sandbox, and what is
  // asked of Batch or of a function over a dead connection can not be told from what was accepted.
  const once = {
    region,
    maxAttempts: 1,
    requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
  };
  return {
    config,
    clock,
    log,
    ledger: s3Ledger(s3, config.spec.ledgerBucket),
    batch: awsBatch(new BatchClient(once)),
    functions: awsFunctions(new LambdaClient(once)),
    countFiles: s3CountFiles(s3),
    nonce: randomUUID,
  };
}
