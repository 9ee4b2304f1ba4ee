import { randomUUID } from "node:crypto";
import { BatchClient } from "@aws-sdk/client-batch";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { TRIGGER_TIMEOUT_SECONDS } from "../../modules/contract";
import { announceBySqs } from "./announce-sqs";
import { awsBatch } from "./aws-batch";
import { batchControl } from "./batch-control";
import { ConfigError } from "./errors";
import { jsonLog, type Log } from "./log";
import type { PlatformInvocation } from "./platform";
import type { PlatformConfig } from "./platform-config";
import {
  CALL_TIMEOUT_MS,
  SUBMIT_TIMEOUT_MS,
  type Batch,
  type Clock,
  type JobControl,
  type Ledger,
} from "./ports";
import { retryingBatch, retryingControl, retryingLedger, withRetries } from "./retry";
import { s3Ledger } from "./s3-ledger";

/** What a function of the platform works with, before an invocation limits its time. */
export interface PlatformPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly batch: Batch;
  readonly control: JobControl;
  readonly announce: PlatformInvocation["announce"];
  readonly actor: PlatformInvocation["actor"];
  readonly environment: string;
  readonly commandOptions?: string | undefined;
  readonly region: string;
  /** A new id for every invocation. */
  readonly nonce: () => string;
}

/** Kept back for a last call that begins just before the deadline, and for the log. */
const RESERVE_MS = CALL_TIMEOUT_MS + 2_000;

/**
 * Longest run of a function that submits: the lease of an intent is built on it, see `lease.ts`. The functions of the
 * platform may not be given more than the trigger.
 */
const MAX_RUN_MS = TRIGGER_TIMEOUT_SECONDS * 1000;

/** Begins an invocation: its deadline, its nonce, and ports that repeat what may be repeated. */
export function beginInvocation(
  ports: PlatformPorts,
  limits: { readonly requestId: string; readonly remainingMs: number },
): PlatformInvocation {
  if (limits.remainingMs < RESERVE_MS + SUBMIT_TIMEOUT_MS)
    throw new ConfigError([
      `the function's timeout leaves ${String(limits.remainingMs)} ms; set it to ${String(TRIGGER_TIMEOUT_SECONDS)} s`,
    ]);
  const { actor, clock, environment, commandOptions, region } = ports;
  const deadline = clock.now() + Math.min(limits.remainingMs, MAX_RUN_MS) - RESERVE_MS;
  return {
    actor,
    clock,
    environment,
    commandOptions,
    region,
    log: ports.log.with({ requestId: limits.requestId }),
    ledger: retryingLedger(ports.ledger, clock, deadline),
    batch: retryingBatch(ports.batch, clock, deadline),
    control: retryingControl(ports.control, clock, deadline),
    announce: (announcement) => withRetries(clock, deadline, () => ports.announce(announcement)),
    nonce: ports.nonce(),
    deadline,
  };
}

/** Makes the ports of a deployed function. */
export function awsPorts(
  actor: PlatformInvocation["actor"],
  config: PlatformConfig,
): PlatformPorts {
  const { region, environment, commandOptions, ledgerBucket, announcementsQueueUrl } = config;
  const batch = new BatchClient({
    region,
    maxAttempts: 1,
    // One connection for each call, see the trigger: a submission may not meet a connection that was frozen.
    requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
  });
  return {
    actor,
    clock: {
      now: Date.now,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      random: Math.random,
    },
    log: jsonLog((line) => process.stdout.write(`${line}\n`), Date.now),
    ledger: s3Ledger(new S3Client({ region, maxAttempts: 1 }), ledgerBucket),
    batch: awsBatch(batch),
    control: batchControl(batch),
    announce: announceBySqs(new SQSClient({ region, maxAttempts: 1 }), announcementsQueueUrl),
    environment,
    commandOptions,
    region,
    nonce: randomUUID,
  };
}
