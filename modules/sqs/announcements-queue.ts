import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";
import { conditionBlock, type Grant, policyJson } from "../iam";
import { useKeyThrough } from "../kms";
import type { DeadLetterQueue } from "./dead-letter-queue";

/** Props of {@link AnnouncementsQueue}. */
export interface AnnouncementsQueueProps {
  readonly naming: Naming;
  readonly kmsKeyArn: string;
  /** Where a message goes, whole, that could not be told. */
  readonly deadLetters: DeadLetterQueue;
  /** How often a message is received before that. */
  readonly maxReceives: number;
  /** Longest run of the function that empties the queue. */
  readonly consumerTimeoutSeconds: number;
}

/** A week: longer than any outage that is waited out. */
const RETENTION_SECONDS = 7 * 24 * 3600;

/** A message stays hidden for six runs of its consumer. @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY_FACTOR = 6;

/**
 * The queue of what is to be told. Creates `aws_sqs_queue`, encrypted with a key of the platform, and its policy.
 */
export class AnnouncementsQueue extends Construct {
  readonly queue: SqsQueue;
  /** Literal, known at plan time. */
  readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AnnouncementsQueueProps,
  ) {
    super(scope, id);
    const { naming, deadLetters } = props;
    this.arn = naming.queueArn("platform", "announcements");
    this.queue = withLogicalId(
      new SqsQueue(this, "Queue", {
        name: naming.name("queue", "platform", "announcements"),
        messageRetentionSeconds: RETENTION_SECONDS,
        visibilityTimeoutSeconds: VISIBILITY_FACTOR * props.consumerTimeoutSeconds,
        kmsMasterKeyId: props.kmsKeyArn,
        redrivePolicy: JSON.stringify({
          deadLetterTargetArn: deadLetters.arn,
          maxReceiveCount: props.maxReceives,
        }),
        dependsOn: [deadLetters.queue],
      }),
      "announcements",
    );
    withLogicalId(
      new SqsQueuePolicy(this, "Policy", {
        queueUrl: this.queue.url,
        policy: policyJson({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "TlsOnly",
              Effect: "Deny",
              Principal: "*",
              Action: "sqs:*",
              Resource: this.arn,
              Condition: conditionBlock([
                { op: "Bool", key: "aws:SecureTransport", values: ["false"] },
              ]),
            },
          ],
        }),
      }),
      "announcements",
    );
  }

  /** Known after apply. */
  get url(): string {
    return this.queue.url;
  }

  /** Empty the queue. */
  grantConsume(from: string): Grant[] {
    const why = "take what is to be told from the queue";
    return [
      {
        id: "TakeAnnouncements",
        actions: [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage",
        ],
        resources: [this.arn],
        why,
        from,
        source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
      },
      this.useKey("OpenAnnouncements", ["kms:Decrypt"], why, from),
    ];
  }

  /** Put announcements into the queue. */
  grantAnnounce(from: string): Grant[] {
    const why = "announce what people must know";
    return [
      {
        id: "Announce",
        actions: ["sqs:SendMessage"],
        resources: [this.arn],
        why,
        from,
      },
      this.useKey("SealAnnouncements", ["kms:Decrypt", "kms:GenerateDataKey"], why, from),
    ];
  }

  private useKey(id: string, actions: readonly string[], why: string, from: string): Grant {
    const { naming } = this.props;
    return useKeyThrough({
      id,
      // The key's id is known after apply; the context leaves nothing but this queue.
      keyArn: naming.arn("kms", "key/*"),
      actions,
      service: "sqs",
      region: naming.scope.region,
      context: { "aws:sqs:arn": [this.arn] },
      why,
      from,
    });
  }
}
