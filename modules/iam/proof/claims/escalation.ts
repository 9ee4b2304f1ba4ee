import { deploys } from "../access/access-role";
import type { Deployment } from "../deployment";
import { lockOf } from "../lock";
import type { Claim } from "./claim";

/**
 * Ways from one identity to more than it was given, each the actions that it takes together.
 * @see https://pathfinding.cloud/paths/
 */
export const ESCALATION_CHAINS: readonly (readonly string[])[] = [
  ["iam:CreatePolicyVersion"],
  ["iam:SetDefaultPolicyVersion"],
  ["iam:AttachRolePolicy"],
  ["iam:AttachUserPolicy"],
  ["iam:AttachGroupPolicy"],
  ["iam:PutRolePolicy"],
  ["iam:PutUserPolicy"],
  ["iam:PutGroupPolicy"],
  ["iam:AddUserToGroup"],
  ["iam:CreateAccessKey"],
  ["iam:CreateLoginProfile"],
  ["iam:UpdateLoginProfile"],
  ["iam:UpdateAssumeRolePolicy"],
  ["iam:DeleteRolePermissionsBoundary"],
  ["iam:PutRolePermissionsBoundary"],
  ["iam:DeleteUserPermissionsBoundary"],
  ["iam:PutUserPermissionsBoundary"],
  ["iam:PassRole", "ec2:RunInstances"],
  ["iam:PassRole", "ec2:CreateLaunchTemplateVersion"],
  ["iam:PassRole", "ec2:AssociateIamInstanceProfile"],
  ["iam:PassRole", "lambda:CreateFunction"],
  ["iam:PassRole", "lambda:UpdateFunctionConfiguration"],
  ["iam:PassRole", "ecs:RegisterTaskDefinition"],
  ["iam:PassRole", "ecs:RunTask"],
  ["iam:PassRole", "batch:RegisterJobDefinition"],
  ["iam:PassRole", "batch:SubmitJob"],
  ["iam:PassRole", "scheduler:CreateSchedule"],
  ["iam:PassRole", "scheduler:UpdateSchedule"],
  ["iam:PassRole", "events:PutTargets"],
  ["lambda:UpdateFunctionCode"],
  ["lambda:AddPermission"],
  ["batch:RegisterJobDefinition"],
  ["ec2:CreateLaunchTemplateVersion"],
  ["ecs:ExecuteCommand"],
  ["ssm:SendCommand"],
  ["ssm:StartSession"],
  ["ec2-instance-connect:SendSSHPublicKey"],
  ["s3:PutBucketPolicy"],
  ["kms:PutKeyPolicy"],
  ["kms:CreateGrant"],
  ["sts:AssumeRole"],
];

/**
 * No role can do all that a way to more permissions takes, on anything and under any conditions. Whoever deploys makes roles
 * and functions, within a boundary and an environment: what they can not do is asked of them request by request.
 */
export function escalationClaim(deployment: Deployment): Claim {
  const { environment, access } = deployment;
  const deployers = new Set(access.filter(deploys).map(({ name }) => name));
  const roles = Object.entries(lockOf([deployment]).environments[environment]?.roles ?? {}).filter(
    ([role]) => !deployers.has(role),
  );
  return {
    id: `${environment}/escalation/chains`,
    environment,
    kind: "escalation",
    say: "every known way from a role to more permissions is cut at one action at least",
    known: "modelled",
    checked: roles.length * ESCALATION_CHAINS.length,
    faults: roles.flatMap(([role, rows]) => {
      const can = new Set(rows.flatMap(({ may }) => may));
      return ESCALATION_CHAINS.filter((chain) => chain.every((action) => can.has(action))).map(
        (chain) => `${role} can ${chain.join(" and ")}`,
      );
    }),
  };
}
