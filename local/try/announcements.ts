import { type LocalLambda } from "../lambda";
import { type LocalQueue, type StoredMessage } from "../sqs";

/** As the platform's event source mapping has it. */
const BATCH_SIZE = 5;

/** How often the queue is looked at; a message that comes back later than this was hidden by the function. */
const POLL_MS = 20;

/** How long a run waits for what could not be told, on which nothing depends. */
const PATIENCE_MS = 3_000;

/**
 * Empties the announcements queue into the notify function, as an event source mapping does: what the function names as
 * failed stays in the queue.
 *
 * On one machine no channel of a partner is told: whoever tries something shall call nobody. The settings of the partner
 * are left out of what the function is handed, and it does what it does for partners without any: warnings and errors
 * go to the platform's topic.
 */
export class Announcements {
  private readonly closing = new AbortController();
  private work: Promise<void> | undefined;

  constructor(
    private readonly queue: LocalQueue,
    private readonly lambda: LocalLambda,
    private readonly functionName: string,
  ) {
    this.poll();
  }

  /** Waits until the queue is empty, or holds nothing but what could not be told for now. */
  async idle(): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    while (this.work !== undefined || (this.queue.all().length > 0 && Date.now() < until))
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }

  close(): void {
    this.closing.abort();
  }

  private poll(): void {
    const timer = setInterval(() => {
      if (this.work !== undefined) return;
      const messages = this.queue.receive(BATCH_SIZE, 360);
      if (messages.length === 0) return;
      this.work = this.hand(messages).finally(() => {
        this.work = undefined;
      });
    }, POLL_MS);
    this.closing.signal.addEventListener("abort", () => {
      clearInterval(timer);
    });
  }

  private async hand(messages: readonly StoredMessage[]): Promise<void> {
    const Records = messages.map(({ messageId, receiptHandle, body, receives }) => ({
      messageId,
      receiptHandle,
      body: withoutSettings(body),
      attributes: { ApproximateReceiveCount: String(receives) },
    }));
    // A Lambda that is closed takes nothing; what is in the queue is of no interest then.
    const result = await this.lambda
      .invoke(this.functionName, JSON.stringify({ Records }))
      .catch(() => undefined);
    if (result === undefined || result.functionError !== undefined) return;
    const { batchItemFailures } = JSON.parse(result.payload) as {
      batchItemFailures: readonly { readonly itemIdentifier: string }[];
    };
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle } of messages)
      if (!failed.has(messageId) && receiptHandle !== undefined) this.queue.delete(receiptHandle);
  }
}

function withoutSettings(body: string): string {
  const announcement = JSON.parse(body) as Record<string, unknown>;
  return JSON.stringify({ ...announcement, specDigest: undefined });
}
