import type { S3Client } from "@aws-sdk/client-s3";
import {
  EXIT_CODES,
  stepReportKey,
  type ExitCodeName,
  type StepReport,
} from "../../../../modules/contract";
import { s3Client } from "../aws/clients";
import { countRequests } from "../aws/count-requests";
import type { WorkerConfig } from "../config";
import { addFact } from "../ledger";
import { watchLock, type WatchedLock } from "../lock/watched-lock";
import type { Log } from "../log";
import { isDelivering } from "../settings";
import type { Stop } from "../stop";
import { classify } from "./classify";
import type { StepContext, StepRecord } from "./context";
import { metricFields } from "./metrics";
import { messageOf, type StepError } from "./step-error";
import { usageOf } from "./usage";

/**
 * Runs one step to its end, whatever the end is, and writes its report. Returns the exit code's name.
 *
 * @param client - of a caller whose process does several steps, one after the other, and which ends its connections
 */
export async function runStep(
  config: WorkerConfig,
  log: Log,
  stop: Stop,
  client: S3Client = s3Client(config.aws),
): Promise<ExitCodeName> {
  const startedAt = new Date().toISOString();
  const began = performance.now();
  const record: StepRecord = { counts: {} };
  const requests = countRequests(client);
  let failure: StepError | undefined;
  let lock: WatchedLock | undefined;
  try {
    lock = await watchLock(client, config, stop.signal);
    const { signal, requireHeld } = lock;
    await runVerb({ config, log, stop: signal, record, requireHeld }, client);
  } catch (error) {
    // What fails after the lock was lost fails because of it.
    failure = lock?.lost() ?? classify(error, stop.signal.aborted);
  } finally {
    lock?.stop();
  }
  const outcome = failure?.outcome ?? "ok";
  const meaning = EXIT_CODES[outcome].meaning;
  const report: StepReport = {
    schemaVersion: 1,
    partner: config.partner,
    orderKey: config.orderKey,
    attempt: config.attempt,
    step: config.step,
    generation: config.generation,
    jobId: config.job.id,
    batchAttempt: config.job.attempt,
    ...(config.job.arrayIndex === undefined ? {} : { arrayIndex: config.job.arrayIndex }),
    outcome,
    ...(failure === undefined ? {} : { message: failure.message }),
    ...(record.program === undefined ? {} : { program: record.program }),
    interruptedByHost: stop.seen() !== undefined,
    counts: record.counts,
    usage: usageOf(began, requests),
    startedAt,
    endedAt: new Date().toISOString(),
  };
  log.info("what the step has used", metricFields(report, config.environmentId));
  // The last line says how it ended.
  if (failure === undefined) log.info(`done: ${meaning}`, { outcome, ...record.counts });
  else
    log.error(failure.message, {
      outcome,
      meaning,
      ...record.counts,
      // A fault of the worker itself: the stack is for those who mend it.
      ...(outcome === "internal" ? { stack: stackOf(failure) } : {}),
    });
  await writeReport(config, client, report, log);
  return outcome;
}

/** Each verb is loaded when it is the one: a short step, such as a re-run, need not wait for the others. */
async function runVerb(context: StepContext, client: S3Client): Promise<void> {
  const { settings, verifies } = context.config;
  if (verifies !== undefined && isDelivering(settings))
    return (await import("../verbs/verify.js")).verifyDelivery(context, client, settings, verifies);
  switch (settings.kind) {
    case "fetch":
      return (await import("../verbs/fetch.js")).fetchOrder(context, settings);
    case "publish":
      return (await import("../verbs/publish.js")).publishOrder(context, client, settings);
    case "deliver":
      return (await import("../verbs/deliver.js")).deliverOrder(context, client, settings);
    case "list":
      return (await import("../verbs/list.js")).listOrders(context, settings);
    case "unpack":
      return (await import("../verbs/unpack.js")).unpackOrder(context, client, settings);
    case "process":
      return (await import("../verbs/process.js")).processPart(context, client, settings);
    case "merge":
      return (await import("../verbs/merge.js")).mergeParts(context, client, settings);
  }
}

/** A report that can not be written changes nothing: the exit code has said what matters. */
async function writeReport(
  config: WorkerConfig,
  client: S3Client,
  report: StepReport,
  log: Log,
): Promise<void> {
  const { id, attempt, arrayIndex } = config.job;
  const key = stepReportKey(config, id, attempt, arrayIndex);
  try {
    const added = await addFact(client, config.ledgerBucket, key, report);
    if (!added) log.warn("the ledger holds a report of this attempt already", { key });
  } catch (error) {
    log.warn(`the report could not be written: ${messageOf(error)}`, { key });
  }
}

function stackOf(error: Error): string | undefined {
  return error.cause instanceof Error ? error.cause.stack : error.stack;
}
