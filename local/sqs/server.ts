import { createHash } from "node:crypto";
import { AwsError } from "../http/aws-error";
import { json, listenOnLoopback, type LoopbackReply, type LoopbackRequest } from "../http/loopback";
import { type CallListener, callerOf } from "../http/seen-call";
import { type LocalQueue, type StoredMessage } from "./local-queue";

/** An SQS that listens. */
export interface SqsServer {
  /** For `AWS_ENDPOINT_URL_SQS`. */
  readonly url: string;
  /** URL of a queue, as SQS forms it. */
  queueUrl(name: string): string;
  close(): Promise<void>;
}

type Input = Readonly<Record<string, unknown>>;

/** Starts an SQS with these queues that speaks the JSON protocol on loopback. */
export async function startSqs(
  queues: readonly LocalQueue[],
  account = "000000000000",
  onCall?: CallListener,
): Promise<SqsServer> {
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  let url = "";
  const queueUrl = (name: string): string => `${url}/${account}/${name}`;
  const loopback = await listenOnLoopback((request) => Promise.resolve(request).then(answer));
  url = loopback.url;
  return { url, queueUrl, close: () => loopback.close() };

  function answer({ headers, body }: LoopbackRequest): LoopbackReply {
    const action = String(headers["x-amz-target"]).replace(/^AmazonSQS\./u, "");
    const input = JSON.parse(body.toString("utf8")) as Input;
    onCall?.({ caller: callerOf(headers), service: "SQS", command: action, input });
    return json(carryOut(action, input), 200, { "content-type": "application/x-amz-json-1.0" });
  }

  function carryOut(action: string, input: Input): unknown {
    if (action === "GetQueueUrl")
      return { QueueUrl: queueUrl(named(text(input, "QueueName")).name) };
    const queue = named(text(input, "QueueUrl").split("/").pop() ?? "");
    switch (action) {
      case "SendMessage": {
        const body = text(input, "MessageBody");
        return { MessageId: queue.send(body, textAttributes(input)), MD5OfMessageBody: md5(body) };
      }
      case "ReceiveMessage": {
        const { MaxNumberOfMessages: max = 1, VisibilityTimeout: hidden } = input;
        const found = queue.receive(Number(max), hidden === undefined ? undefined : Number(hidden));
        return found.length === 0 ? {} : { Messages: found.map(told) };
      }
      case "DeleteMessage":
        queue.delete(text(input, "ReceiptHandle"));
        return {};
      case "ChangeMessageVisibility":
        if (queue.hide(text(input, "ReceiptHandle"), Number(input["VisibilityTimeout"]))) return {};
        throw new AwsError("ReceiptHandleIsInvalid", "the message is not in flight");
      case "GetQueueAttributes":
        return { Attributes: { ApproximateNumberOfMessages: String(queue.all().length) } };
      default:
        throw new AwsError(
          "UnsupportedOperation",
          `${action} is not known to the SQS of this machine`,
        );
    }
  }

  function named(name: string): LocalQueue {
    const queue = byName.get(name);
    if (queue !== undefined) return queue;
    throw new AwsError("QueueDoesNotExist", `there is no queue ${JSON.stringify(name)}`);
  }
}

const md5 = (textOf: string): string => createHash("md5").update(textOf).digest("hex");

function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value === "string") return value;
  throw new AwsError("MissingParameter", `the request must contain the parameter ${name}`);
}

function textAttributes(input: Input): Record<string, string> {
  const given = (input["MessageAttributes"] ?? {}) as Record<string, { StringValue?: string }>;
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, { StringValue }]) =>
      StringValue === undefined ? [] : [[name, StringValue]],
    ),
  );
}

/** As ReceiveMessage answers when all attributes are asked for. */
function told({
  messageId,
  body,
  attributes,
  sentAt,
  receives,
  receiptHandle,
}: StoredMessage): unknown {
  return {
    MessageId: messageId,
    ReceiptHandle: receiptHandle,
    Body: body,
    MD5OfBody: md5(body),
    Attributes: { SentTimestamp: String(sentAt), ApproximateReceiveCount: String(receives) },
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        { DataType: "String", StringValue: value },
      ]),
    ),
  };
}
