import type { Naming } from "../core";
import type { Condition } from "./grant";
import { conditionBlock, type PolicyDocument } from "./policy-document";

/** Which AWS service may take a role on. */
export type TrustedService =
  | { readonly service: "ecs-tasks" }
  | { readonly service: "ec2" }
  | { readonly service: "lambda" }
  | { readonly service: "scheduler"; readonly scheduleGroupArn: string };

/**
 * The trust policy of a role for a service of the same account.
 * Confused-deputy conditions stand only where AWS fills the keys: not for Lambda and EC2, and for Scheduler the ARN is
 * that of the schedule group.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function trustPolicy(naming: Naming, trusted: TrustedService): PolicyDocument {
  const conditions = trustConditions(naming, trusted);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Trust",
        Effect: "Allow",
        Principal: { Service: `${trusted.service}.amazonaws.com` },
        Action: "sts:AssumeRole",
        ...(conditions.length > 0 ? { Condition: conditionBlock(conditions) } : {}),
      },
    ],
  };
}

function trustConditions(naming: Naming, trusted: TrustedService): Condition[] {
  const account: Condition = {
    op: "StringEquals",
    key: "aws:SourceAccount",
    values: [naming.scope.account],
  };
  switch (trusted.service) {
    case "ecs-tasks":
      return [account, { op: "ArnLike", key: "aws:SourceArn", values: [naming.arn("ecs", "*")] }];
    case "scheduler":
      return [
        account,
        { op: "StringEquals", key: "aws:SourceArn", values: [trusted.scheduleGroupArn] },
      ];
    case "lambda":
    case "ec2":
      return [];
  }
}
