import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { LocalQueue, type SqsServer, startSqs } from "../../../local/sqs";

let now = 0;
let server: SqsServer;
let client: SQSClient;
let queue: LocalQueue;
let dead: LocalQueue;

beforeEach(async () => {
  now = 1_000_000;
  dead = new LocalQueue({ name: "dead", now: () => now });
  queue = new LocalQueue({ name: "work", redrive: { to: dead, maxReceives: 2 }, now: () => now });
  server = await startSqs([queue, dead]);
  client = new SQSClient({
    region: "us-east-1",
    endpoint: server.url,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
});

afterEach(async () => {
  client.destroy();
  await server.close();
});

const QueueUrl = (): string => server.queueUrl("work");
const receive = async () =>
  (
    await client.send(
      new ReceiveMessageCommand({
        QueueUrl: QueueUrl(),
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    )
  ).Messages ?? [];

test("the SDK sends, receives and deletes; what was received is hidden until its time is over", async () => {
  const { QueueUrl: url } = await client.send(new GetQueueUrlCommand({ QueueName: "work" }));
  expect(url).toBe(QueueUrl());
  await client.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: "Été",
      MessageAttributes: { ErrorMessage: { DataType: "String", StringValue: "why" } },
    }),
  );
  const [message] = await receive();
  expect(message).toMatchObject({
    Body: "Été",
    Attributes: { ApproximateReceiveCount: "1", SentTimestamp: "1000000" },
    MessageAttributes: { ErrorMessage: { StringValue: "why" } },
  });
  expect(await receive()).toEqual([]);
  now += 30_000;
  const [again] = await receive();
  const ReceiptHandle = again?.ReceiptHandle ?? "";
  await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
  now += 30_000;
  expect(await receive()).toEqual([]);
  await expect(
    client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 5 }),
    ),
  ).rejects.toThrow("the message is not in flight");
});

test("a message that was received too often is in the dead letters, whole", () => {
  queue.send("body", { a: "b" });
  expect(queue.receive(1)).toHaveLength(1);
  const [second] = queue.receive(1, 0);
  expect(second).toBeUndefined();
  now += 30_000;
  const [last] = queue.receive(1);
  expect(queue.hide(last?.receiptHandle ?? "", 5)).toBe(true);
  now += 5_000;
  expect(queue.receive(1)).toEqual([]);
  expect(dead.all()).toMatchObject([{ body: "body", attributes: { a: "b" } }]);
  expect(queue.all()).toEqual([]);
});

test("fails for a queue and for an action that are not there", async () => {
  await expect(client.send(new GetQueueUrlCommand({ QueueName: "x" }))).rejects.toThrow(
    'there is no queue "x"',
  );
  const answer = await fetch(server.url, {
    method: "POST",
    headers: { "x-amz-target": "AmazonSQS.PurgeQueue" },
    body: JSON.stringify({ QueueUrl: QueueUrl() }),
  });
  expect(await answer.json()).toEqual({
    message: "PurgeQueue is not known to the SQS of this machine",
  });
});

test("a queue with a file keeps its messages beyond the process", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "queue-"));
  try {
    const file = path.join(directory, "a", "queue.json");
    const first = new LocalQueue({ name: "kept", file });
    expect(existsSync(file)).toBe(false);
    const id = first.send("body");
    expect(new LocalQueue({ name: "kept", file }).all()).toMatchObject([
      { messageId: id, body: "body" },
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
