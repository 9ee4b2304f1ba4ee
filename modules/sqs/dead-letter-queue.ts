import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";
import { AlertAlarm } from "../cloudwatch";
import { type Naming, withLogicalId } from "../core";
import { conditionBlock, type Grant, policyJson, type Statement } from "../iam";

/** Props of {@link DeadLetterQueue}. */
export interface DeadLetterQueueProps {
  readonly naming: Naming;
  readonly owner: string;
  readonly alertsTopicArn: string;
  /** ARNs of EventBridge rules that put events here which they could not hand over; rules have no role. */
  readonly ruleArns: readonly string[];
}

/** What SQS keeps at most: two weeks to look into a failure. */
const RETENTION_SECONDS = 14 * 24 * 3600;

/**
 * The queue for events that nobody could handle, with an alarm as soon as one is in it.
 * Creates `aws_sqs_queue` (encrypted by SQS), `aws_sqs_queue_policy` and `aws_cloudwatch_metric_alarm`.
 */
export class DeadLetterQueue extends Construct {
  readonly queue: SqsQueue;
  /** Literal, known at plan time. */
  readonly arn: string;
  readonly queueName: string;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    const { naming, owner } = props;
    this.queueName = naming.name("queue", owner, "dead-letters");
    this.arn = naming.queueArn(owner, "dead-letters");
    this.queue = withLogicalId(
      new SqsQueue(this, "Queue", {
        name: this.queueName,
        messageRetentionSeconds: RETENTION_SECONDS,
        sqsManagedSseEnabled: true,
      }),
      "dead_letters",
    );
    withLogicalId(
      new SqsQueuePolicy(this, "Policy", {
        queueUrl: this.queue.url,
        policy: policyJson({
          Version: "2012-10-17",
          Statement: queueStatements(this.arn, props.ruleArns),
        }),
      }),
      "dead_letters",
    );
    new AlertAlarm(this, "NotEmpty", {
      naming,
      owner,
      thing: "dead-letters",
      logicalId: "dead_letters",
      description: `events of ${owner} that started nothing wait in ${this.queueName}: read the trigger's log, mend the cause, send them again`,
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: this.queueName },
      statistic: "Maximum",
      alertsTopicArn: props.alertsTopicArn,
    });
  }

  /** Put an event into the queue that could not be handled. */
  grantSend(from: string): Grant {
    return {
      id: "SendDeadLetters",
      actions: ["sqs:SendMessage"],
      resources: [this.arn],
      why: "keep an event that could not be handled",
      from,
    };
  }
}

function queueStatements(queueArn: string, ruleArns: readonly string[]): Statement[] {
  const tlsOnly: Statement = {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "sqs:*",
    Resource: queueArn,
    Condition: conditionBlock([{ op: "Bool", key: "aws:SecureTransport", values: ["false"] }]),
  };
  if (ruleArns.length === 0) return [tlsOnly];
  return [
    {
      Sid: "EventRules",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: conditionBlock([{ op: "ArnEquals", key: "aws:SourceArn", values: ruleArns }]),
    },
    tlsOnly,
  ];
}
