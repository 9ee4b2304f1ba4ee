import type { AwsCall } from "../calls";
import type { Deployment } from "../deployment";
import { invoke, queue } from "./people-call";

/** What `orders dlq` does with the queue of a partner, or of the platform. */
export function deadLetters(role: string, owner: string, { world }: Deployment): AwsCall[] {
  return world.resources
    .filter((one) => one.type === "aws_sqs_queue" && one.owner === owner)
    .filter(({ arn }) => arn.endsWith("--dead-letters"))
    .map(({ arn }) => queue(role, arn))
    .flatMap((of) => [
      of("find the queue of what failed", "GetQueueUrl"),
      of("look at what failed", "ReceiveMessage"),
      of("leave what failed to others", "ChangeMessageVisibility"),
      of("delete what was taken up again", "DeleteMessage"),
    ]);
}

/** Announcements go back to their queue, changes of jobs to the function that gave them up. */
export function platformLetters(role: string, deployment: Deployment): AwsCall[] {
  const { resources } = deployment.world;
  const ending = (type: string, thing: string): string | undefined =>
    resources.find((one) => one.type === type && one.arn.endsWith(`--platform--${thing}`))?.arn;
  const announcements = ending("aws_sqs_queue", "announcements");
  return [
    ...deadLetters(role, "platform", deployment),
    ...(announcements === undefined
      ? []
      : [
          queue(role, announcements)("find the queue of announcements", "GetQueueUrl"),
          queue(role, announcements)("announce again", "SendMessage"),
        ]),
    ...invoke(role, "hand over the end of a job again", ending("aws_lambda_function", "escalate")),
  ];
}
