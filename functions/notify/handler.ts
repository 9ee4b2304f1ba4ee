import { announce } from "./announce";
import { delaySeconds } from "./backoff";
import { parseAnnouncement } from "./parse";
import type { NotifyPorts } from "./ports";

/** What the function uses of an event of SQS. */
export interface QueueEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly receiptHandle: string;
    readonly body: string;
    readonly attributes: { readonly ApproximateReceiveCount: string };
  }[];
}

/** The messages that stay in the queue. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Handles messages of the announcements queue. One that could not be told everywhere stays in the queue and is hidden
 * for longer each time; after its last try the queue itself puts it among the dead letters, whole.
 */
export async function handle(
  ports: NotifyPorts,
  alertsTopicArn: string,
  event: QueueEvent,
): Promise<BatchAnswer> {
  const results = await Promise.all(
    event.Records.map(async (record) => ({
      id: record.messageId,
      done: await handleRecord(ports, alertsTopicArn, record),
    })),
  );
  return {
    batchItemFailures: results
      .filter(({ done }) => !done)
      .map(({ id }) => ({ itemIdentifier: id })),
  };
}

async function handleRecord(
  ports: NotifyPorts,
  alertsTopicArn: string,
  record: QueueEvent["Records"][number],
): Promise<boolean> {
  const receives = Number(record.attributes.ApproximateReceiveCount);
  const announcement = parseAnnouncement(record.body);
  if (announcement === undefined) {
    ports.log("error", "no announcement", { messageId: record.messageId });
    await hide(ports, record.receiptHandle, delaySeconds(receives));
    return false;
  }
  const { id, partner, orderId, orderKey, attempt, kind } = announcement;
  const fields = { partner, announcement: id, kind, orderId, orderKey, attempt, receives };
  let retryAfter = 0;
  try {
    const { told, failed, retryAfterSeconds } = await announce(ports, alertsTopicArn, announcement);
    if (told.length > 0) ports.log("info", "told", { ...fields, channels: told });
    if (failed.length === 0) return true;
    retryAfter = retryAfterSeconds;
    ports.log("warn", "not told", { ...fields, failed });
  } catch (error) {
    ports.log("warn", "not told", {
      ...fields,
      reason: `the ledger could not be used: ${error instanceof Error ? error.name : "unknown"}`,
    });
  }
  await hide(ports, record.receiptHandle, delaySeconds(receives, retryAfter));
  return false;
}

/** When it can not be hidden it comes again after the queue's own time. */
async function hide(ports: NotifyPorts, receiptHandle: string, seconds: number): Promise<void> {
  try {
    await ports.delay(receiptHandle, seconds);
  } catch (error) {
    ports.log("warn", "not hidden", {
      reason: error instanceof Error ? error.name : "unknown",
    });
  }
}
