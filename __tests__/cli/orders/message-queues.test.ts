import { SQSClient } from "@aws-sdk/client-sqs";
import { sqsQueues, type MessageQueues } from "../../../cli/orders/message-queues";
import { AwsDouble, batchAnswer, batchError } from "../../functions/trigger/support/aws-double";

let double: AwsDouble;
let sqs: SQSClient;
let queues: MessageQueues;

beforeEach(async () => {
  double = await new AwsDouble().start();
  sqs = new SQSClient({
    endpoint: double.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 2,
    // Nothing is sent whose digest would have to be right.
    md5: false,
  });
  queues = sqsQueues(sqs);
});
afterEach(async () => {
  sqs.destroy();
  await double.stop();
});

const url = (): ReturnType<typeof batchAnswer> =>
  batchAnswer({ QueueUrl: `${double.endpoint}/111122223333/letters` });

const messages = (from: number, count: number): ReturnType<typeof batchAnswer> =>
  batchAnswer({
    Messages: Array.from({ length: count }, (_, index) => ({
      MessageId: String(from + index),
      ReceiptHandle: `receipt ${String(from + index)}`,
      Body: "{}",
      // The later ones are the older ones: queues promise no order.
      Attributes: { SentTimestamp: String(1_000_000 - from - index) },
    })),
  });

const none = batchAnswer({});

const asked = (): unknown[] =>
  double.received
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>)
    .flatMap(({ MaxNumberOfMessages }) => MaxNumberOfMessages ?? []);

test("messages are received over many answers, empty ones between them, oldest first", async () => {
  double.next.push(url(), messages(0, 10), none, messages(10, 3), none, none, none);
  const found = await queues.receive("letters", 100);
  expect(found.map(({ messageId }) => Number(messageId))).toEqual([
    12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
  ]);
  expect(asked()).toHaveLength(6);
});

test("no more are received than were asked for", async () => {
  double.next.push(url(), messages(0, 10), messages(10, 2));
  expect(await queues.receive("letters", 12)).toHaveLength(12);
  expect(asked()).toEqual([10, 2]);
});

test("a message that is received twice counts once", async () => {
  double.next.push(url(), messages(0, 2), messages(0, 2), none, none, none);
  expect(await queues.receive("letters", 100)).toHaveLength(2);
});

test("throttling and an error of SQS are waited for", async () => {
  double.next.push(
    batchError(500, "InternalError", "sorry"),
    url(),
    batchError(400, "ThrottlingException", "Rate exceeded"),
    none,
    none,
    none,
  );
  expect(await queues.receive("letters", 10)).toEqual([]);
  expect(double.next).toEqual([]);
});

test("a queue that is not there is told from one that can not be asked", async () => {
  double.next.push(batchError(400, "QueueDoesNotExist", "none"));
  expect(await queues.exists("letters")).toBe(false);
  double.next.push(batchError(403, "AccessDenied", "not authorized"));
  await expect(queues.exists("letters")).rejects.toThrow("could not find the queue letters");
});
