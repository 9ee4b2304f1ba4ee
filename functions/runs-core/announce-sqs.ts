import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Announcement } from "../../modules/contract";
import { reasonOf, RetryableError } from "./errors";
import { CALL_TIMEOUT_MS } from "./ports";

/** Creates the port that hands announcements to the queue which the notify function empties. */
export function announceBySqs(
  sqs: SQSClient,
  queueUrl: string,
  timeoutMs = CALL_TIMEOUT_MS,
): (announcement: Announcement) => Promise<void> {
  return async (announcement) => {
    try {
      await sqs.send(
        new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(announcement) }),
        { abortSignal: AbortSignal.timeout(timeoutMs) },
      );
    } catch (error) {
      throw new RetryableError(
        `could not hand over announcement ${JSON.stringify(announcement.id)}: ${reasonOf(error, timeoutMs)}; it is handed over again`,
        { cause: error },
      );
    }
  };
}
