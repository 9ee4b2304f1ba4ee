import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { asked } from "./cloud-error";

/** A message that was received and is hidden from all others for a while. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly body: string;
  /** Text attributes: why it is here, in the words of whoever put it here. */
  readonly attributes: Readonly<Record<string, string>>;
  /** ISO 8601 instant. */
  readonly sentAt: string;
  readonly receiptHandle: string;
}

/** What is done with queues. */
export interface MessageQueues {
  exists(queue: string): Promise<boolean>;
  /** Receives at most so many messages and hides them, until they are deleted or shown again. */
  receive(queue: string, max: number): Promise<ReceivedMessage[]>;
  /** Shows a received message to others again. */
  show(queue: string, message: ReceivedMessage): Promise<void>;
  delete(queue: string, message: ReceivedMessage): Promise<void>;
  send(queue: string, body: string): Promise<void>;
}

/** Longer than anything that is done with messages here takes. */
const HIDDEN_SECONDS = 300;

/** SQS answers with none of the messages of a small queue now and then; so often in a row means that there are none. */
const EMPTY_ANSWERS = 3;

/** No queues: where those that look at orders have nothing to do with any. */
export const NO_QUEUES: MessageQueues = {
  exists: () => Promise.resolve(false),
  receive: () => Promise.resolve([]),
  show: () => Promise.resolve(),
  delete: () => Promise.resolve(),
  send: () => Promise.resolve(),
};

/** Queues of SQS, or of the SQS of this machine. */
export function sqsQueues(sqs: SQSClient): MessageQueues {
  const urls = new Map<string, string>();
  const urlOf = async (queue: string): Promise<string> => {
    const known = urls.get(queue);
    if (known !== undefined) return known;
    const { QueueUrl = "" } = await asked(
      `find the queue ${queue}`,
      sqs.send(new GetQueueUrlCommand({ QueueName: queue })),
    );
    urls.set(queue, QueueUrl);
    return QueueUrl;
  };
  return {
    exists: (queue) =>
      urlOf(queue).then(
        () => true,
        (error: unknown) => {
          const { name } = (error as Error).cause as Error;
          if (/QueueDoesNotExist|NonExistentQueue/u.test(name)) return false;
          throw error;
        },
      ),
    receive: async (queue, max) => {
      const QueueUrl = await urlOf(queue);
      const found = new Map<string, ReceivedMessage>();
      for (let empty = 0; empty < EMPTY_ANSWERS && found.size < max;) {
        const { Messages = [] } = await asked(
          `read the queue ${queue}`,
          sqs.send(
            new ReceiveMessageCommand({
              QueueUrl,
              MaxNumberOfMessages: Math.min(10, max - found.size),
              VisibilityTimeout: HIDDEN_SECONDS,
              MessageAttributeNames: ["All"],
              MessageSystemAttributeNames: ["SentTimestamp"],
            }),
          ),
        );
        empty = Messages.length === 0 ? empty + 1 : 0;
        for (const { MessageId = "", Body = "", ReceiptHandle = "", ...message } of Messages)
          found.set(MessageId, {
            messageId: MessageId,
            body: Body,
            attributes: Object.fromEntries(
              Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
                name,
                StringValue ?? "",
              ]),
            ),
            sentAt: new Date(Number(message.Attributes?.SentTimestamp ?? 0)).toISOString(),
            receiptHandle: ReceiptHandle,
          });
      }
      return [...found.values()].sort((a, b) => (a.sentAt < b.sentAt ? -1 : 1));
    },
    show: async (queue, { receiptHandle }) => {
      await asked(
        `show a message of the queue ${queue} again`,
        sqs.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: await urlOf(queue),
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: 0,
          }),
        ),
      );
    },
    delete: async (queue, { receiptHandle }) => {
      await asked(
        `delete a message of the queue ${queue}`,
        sqs.send(
          new DeleteMessageCommand({ QueueUrl: await urlOf(queue), ReceiptHandle: receiptHandle }),
        ),
      );
    },
    send: async (queue, body) => {
      await asked(
        `send a message to the queue ${queue}`,
        sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(queue), MessageBody: body })),
      );
    },
  };
}
