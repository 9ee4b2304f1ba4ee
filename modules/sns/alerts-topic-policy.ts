import type { Naming } from "../core";
import { conditionBlock, type PolicyDocument } from "../iam";

/**
 * EventBridge and CloudWatch of this account may publish, nobody may without TLS; roles of the account need a grant.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export function alertsTopicPolicy(naming: Naming, topicArn: string): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Publishers",
        Effect: "Allow",
        Principal: { Service: ["cloudwatch.amazonaws.com", "events.amazonaws.com"] },
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: conditionBlock([
          { op: "StringEquals", key: "aws:SourceAccount", values: [naming.scope.account] },
        ]),
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
