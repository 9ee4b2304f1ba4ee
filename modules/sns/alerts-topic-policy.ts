import type { Naming } from "../core";
import { conditionBlock, type PolicyDocument } from "../iam";

/**
 * EventBridge and CloudWatch may publish, nobody may without TLS; roles of the account need a grant.
 *
 * EventBridge's statement has no condition, for it fills none of the keys: with one, every alert is dropped and only a
 * metric tells. What is left open is that somebody else's rule sends us a message that is none.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 */
export function alertsTopicPolicy(naming: Naming, topicArn: string): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: conditionBlock([
          { op: "StringEquals", key: "aws:SourceAccount", values: [naming.scope.account] },
        ]),
      },
      {
        Sid: "Events",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topicArn,
      },
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: conditionBlock([{ op: "Bool", key: "aws:SecureTransport", values: ["false"] }]),
      },
    ],
  };
}
