import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Text attributes of a message, by name. */
export type MessageAttributes = Readonly<Record<string, string>>;

/** A message as its queue keeps it. */
export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  receives: number;
  /** Until then nobody receives it. */
  hiddenUntil: number;
  /** Handle of the last receipt; older ones are worth nothing. */
  receiptHandle?: string | undefined;
}

/** Settings of a {@link LocalQueue}. */
export interface LocalQueueOptions {
  readonly name: string;
  /** Keeps the messages beyond the process. @default none */
  readonly file?: string | undefined;
  /** How long a received message stays hidden. @default 30 */
  readonly visibilitySeconds?: number | undefined;
  /** Where a message goes that was received so often and is still there. @default nowhere */
  readonly redrive?: { readonly to: LocalQueue; readonly maxReceives: number } | undefined;
  /** @default Date.now */
  readonly now?: () => number;
}

/**
 * A standard queue of SQS on one machine: visibility, receipt handles, the dead-letter queue after so many receipts.
 * Not simulated: order, delays, retention and sizes.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export class LocalQueue {
  readonly name: string;
  private messages: StoredMessage[];
  private readonly now: () => number;

  constructor(private readonly options: LocalQueueOptions) {
    this.name = options.name;
    this.now = options.now ?? Date.now;
    const { file } = options;
    this.messages =
      file !== undefined && existsSync(file)
        ? (JSON.parse(readFileSync(file, "utf8")) as StoredMessage[])
        : [];
  }

  /** All messages, the hidden ones too, oldest first. */
  all(): readonly StoredMessage[] {
    return this.messages;
  }

  send(body: string, attributes: MessageAttributes = {}): string {
    const messageId = randomUUID();
    this.messages.push({
      messageId,
      body,
      attributes,
      sentAt: this.now(),
      receives: 0,
      hiddenUntil: 0,
    });
    this.save();
    return messageId;
  }

  /** Receives at most so many messages that are not hidden, and hides them. */
  receive(max: number, visibilitySeconds = this.options.visibilitySeconds ?? 30): StoredMessage[] {
    this.giveUp();
    const now = this.now();
    const received = this.messages.filter(({ hiddenUntil }) => hiddenUntil <= now).slice(0, max);
    for (const message of received) {
      message.receives += 1;
      message.hiddenUntil = now + visibilitySeconds * 1000;
      message.receiptHandle = randomUUID();
    }
    if (received.length > 0) this.save();
    return received.map((message) => ({ ...message }));
  }

  /** Removes the message of a receipt; one that is gone is no fault. */
  delete(receiptHandle: string): void {
    this.messages = this.messages.filter((message) => message.receiptHandle !== receiptHandle);
    this.save();
  }

  /** Hides the message of a receipt for so long from now; false when the receipt is worth nothing. */
  hide(receiptHandle: string, seconds: number): boolean {
    const message = this.messages.find((candidate) => candidate.receiptHandle === receiptHandle);
    if (message === undefined) return false;
    message.hiddenUntil = this.now() + seconds * 1000;
    this.save();
    return true;
  }

  /** What was received too often goes to the dead letters when it would be received again. */
  private giveUp(): void {
    const { redrive } = this.options;
    if (redrive === undefined) return;
    const now = this.now();
    const given = this.messages.filter(
      ({ receives, hiddenUntil }) => receives >= redrive.maxReceives && hiddenUntil <= now,
    );
    for (const { body, attributes } of given) redrive.to.send(body, attributes);
    this.messages = this.messages.filter((message) => !given.includes(message));
    if (given.length > 0) this.save();
  }

  private save(): void {
    const { file } = this.options;
    if (file === undefined) return;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(this.messages)}\n`);
  }
}
