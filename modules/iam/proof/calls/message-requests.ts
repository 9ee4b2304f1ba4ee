import type { Deployment } from "../deployment";
import type { SdkCall } from "./call";
import type { Needed } from "./requests";

/** What is done with the key of an encrypted queue. */
const QUEUE_KEY_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  ReceiveMessage: ["kms:Decrypt"],
  SendMessage: ["kms:Decrypt", "kms:GenerateDataKey"],
};

/**
 * The permissions of an operation of SQS on a queue.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
export function queueRequests({ command, input }: SdkCall, deployment: Deployment): Needed[] {
  const { partition, region, account } = deployment.world;
  const name =
    String(input["QueueUrl"] ?? input["QueueName"])
      .split("/")
      .at(-1) ?? "";
  const queue = `arn:${partition}:sqs:${region}:${account}:${name}`;
  return [
    { action: `sqs:${command}`, resource: queue },
    ...keyRequests(deployment, "sqs", queue, QUEUE_KEY_ACTIONS[command] ?? []),
  ];
}

/**
 * The permissions to publish to a topic.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function topicRequests({ input }: SdkCall, deployment: Deployment): Needed[] {
  const topic = String(input["TopicArn"]);
  return [
    { action: "sns:Publish", resource: topic },
    ...keyRequests(deployment, "sns", topic, ["kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

function keyRequests(
  { messageKeys, world }: Deployment,
  service: "sqs" | "sns",
  arn: string,
  actions: readonly string[],
): Needed[] {
  const key = messageKeys.get(arn);
  if (key === undefined) return [];
  const context = service === "sqs" ? "aws:sqs:arn" : "aws:sns:topicArn";
  return actions.map((action) => ({
    action,
    resource: key,
    context: {
      "kms:ViaService": `${service}.${world.region}.amazonaws.com`,
      [`kms:EncryptionContext:${context}`]: arn,
    },
  }));
}
