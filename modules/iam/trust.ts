import type { Naming } from "../core";
import type { Condition } from "./grant";
import { conditionBlock, type PolicyDocument } from "./policy-document";

/** Which AWS service may take a role on. */
export type TrustedService =
  | { readonly service: "ecs-tasks" }
  | { readonly service: "ec2" }
  | { readonly service: "lambda" }
  | { readonly service: "scheduler"; readonly scheduleGroupArn: string };

/** Whom of people and programs a role trusts: roles and users by ARN, or an account by that of its root. */
export interface TrustedPrincipals {
  readonly principals: readonly string[];
  /** What they must say. */
  readonly externalId?: string | undefined;
}

/**
 * The trust policy of a role for readers of what was delivered.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 */
function principalsPolicy({ principals, externalId }: TrustedPrincipals): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Trust",
        Effect: "Allow",
        Principal: { AWS: principals },
        Action: "sts:AssumeRole",
        ...(externalId === undefined
          ? {}
          : { Condition: { StringEquals: { "sts:ExternalId": externalId } } }),
      },
    ],
  };
}

/**
 * The trust policy of a role for a service of the same account, or for readers.
 * Confused-deputy conditions stand only where AWS fills the keys: not for Lambda and EC2, and for Scheduler the ARN is
 * that of the schedule group.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function trustPolicy(
  naming: Naming,
  trusted: TrustedService | TrustedPrincipals,
): PolicyDocument {
  if ("principals" in trusted) return principalsPolicy(trusted);
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
