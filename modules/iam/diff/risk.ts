import { findAction } from "../catalog";
import type { Atom } from "./atoms";

/** What a permission lets one do at worst. */
export type Risk = "none" | "read" | "write" | "permissions" | "escalation";

/** From least to most. */
export const RISKS: readonly Risk[] = ["none", "read", "write", "permissions", "escalation"];

/**
 * Actions by which one gets permissions that one was not given, alone or with others.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
 * @see https://github.com/DataDog/pathfinding.cloud
 */
const ESCALATING = new Set(
  [
    "batch:RegisterJobDefinition",
    "ec2:CreateLaunchTemplateVersion",
    "ec2:RunInstances",
    "ecs:ExecuteCommand",
    "ecs:RegisterTaskDefinition",
    "ecs:RunTask",
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PassRole",
    "iam:PutGroupPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "lambda:CreateFunction",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "ssm:SendCommand",
    "ssm:StartSession",
    "sts:AssumeRole",
  ].map((name) => name.toLowerCase()),
);

/** The risk of an action, from AWS's own access level. What is not known is taken for the worst. */
export function riskOf({ action, who }: Atom): Risk {
  if (who === "anyone") return "escalation";
  if (who !== undefined && action.toLowerCase().startsWith("sts:")) return "permissions";
  if (/[*?]|^not /u.test(action) || ESCALATING.has(action.toLowerCase())) return "escalation";
  switch (findAction(action)?.level) {
    case "List":
    case "Read":
      return "read";
    case "Write":
    case "Tagging":
      return "write";
    case "Permissions management":
      return "permissions";
    case undefined:
      return "escalation";
  }
}

/** The worst of several. */
export const worstRisk = (risks: readonly Risk[]): Risk =>
  RISKS[Math.max(0, ...risks.map((risk) => RISKS.indexOf(risk)))] ?? "none";
