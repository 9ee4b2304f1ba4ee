import { createHash } from "node:crypto";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";
import { policyJson } from "../iam";
import { alertsTopicPolicy } from "./alerts-topic-policy";

/** Props of {@link AlertsTopic}. */
export interface AlertsTopicProps {
  readonly naming: Naming;
  readonly kmsKeyArn: string;
  /** Each must confirm the message that AWS sends. */
  readonly emails: readonly string[];
}

/**
 * The topic that failures go to: failed orders that no channel is told of, dead letters, errors of functions.
 * Creates `aws_sns_topic`, its policy and `aws_sns_topic_subscription`s.
 */
export class AlertsTopic extends Construct {
  readonly topicName: string;
  /** Literal, known at plan time. */
  readonly arn: string;
  readonly topic: SnsTopic;
  /** Who publishes must wait for it. */
  readonly policy: SnsTopicPolicy;

  constructor(scope: Construct, id: string, { naming, kmsKeyArn, emails }: AlertsTopicProps) {
    super(scope, id);
    this.topicName = naming.name("topic", "platform", "alerts");
    this.arn = naming.topicArn("platform", "alerts");
    this.topic = withLogicalId(
      new SnsTopic(this, "Topic", { name: this.topicName, kmsMasterKeyId: kmsKeyArn }),
      "alerts",
    );
    this.policy = withLogicalId(
      new SnsTopicPolicy(this, "Policy", {
        // The attribute: the policy waits for the topic.
        arn: this.topic.arn,
        policy: policyJson(alertsTopicPolicy(naming, this.arn)),
      }),
      "alerts",
    );
    for (const endpoint of new Set(emails))
      withLogicalId(
        new SnsTopicSubscription(this, `Email-${endpoint}`, {
          topicArn: this.topic.arn,
          protocol: "email",
          endpoint,
        }),
        emailLogicalId(endpoint),
      );
  }
}

/** Readable, and different for addresses that differ in signs alone. */
function emailLogicalId(address: string): string {
  const words = address.toLowerCase().match(/[a-z0-9]+/gu) ?? [];
  const hash = createHash("sha256").update(address).digest("hex").slice(0, 6);
  return ["email", ...words, hash].join("_");
}
