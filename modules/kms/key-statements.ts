import type { Naming } from "../core";
import { conditionBlock, type Statement } from "../iam";

/**
 * Leaves the key to the policies of the account. A key policy without it locks everybody out, and only AWS support can
 * open it again.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function accountStatement(naming: Naming): Statement {
  return {
    Sid: "Account",
    Effect: "Allow",
    Principal: { AWS: naming.globalArn("iam", "root") },
    Action: "kms:*",
    Resource: "*",
  };
}

/**
 * Lets alarms and event rules publish to the topic that the key encrypts. EventBridge's statement has no condition: AWS
 * does not support the source's account there, and a rule's messages would be dropped. The topic's own policy stands
 * before it, and the key encrypts nothing else.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function publishersStatements(naming: Naming): Statement[] {
  const publish = {
    Effect: "Allow",
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: "*",
  } as const;
  return [
    {
      ...publish,
      Sid: "Alarms",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Condition: conditionBlock([
        { op: "StringEquals", key: "aws:SourceAccount", values: [naming.scope.account] },
      ]),
    },
    { ...publish, Sid: "Events", Principal: { Service: "events.amazonaws.com" } },
  ];
}

/**
 * Lets the roles that start instances use the key for disks. They are named by a condition, not as principals: AWS
 * refuses a key policy that names a role which does not exist yet, and service-linked roles come with first use.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 */
export function diskStatements(naming: Naming): Statement[] {
  const roles = [
    "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    "spot.amazonaws.com/AWSServiceRoleForEC2Spot",
  ].map((role) => naming.globalArn("iam", `role/aws-service-role/${role}`));
  const byRole = { op: "ArnEquals", key: "aws:PrincipalArn", values: roles } as const;
  // Not the account's root: that leaves it to the roles' own policies, and AWS's policies of these do not name our key.
  const anyone = { AWS: "*" };
  const inAccount = {
    op: "StringEquals",
    key: "kms:CallerAccount",
    values: [naming.scope.account],
  } as const;
  return [
    {
      Sid: "Disks",
      Effect: "Allow",
      Principal: anyone,
      Action: [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ],
      Resource: "*",
      Condition: conditionBlock([byRole, inAccount]),
    },
    {
      Sid: "DiskGrants",
      Effect: "Allow",
      Principal: anyone,
      Action: "kms:CreateGrant",
      Resource: "*",
      Condition: conditionBlock([
        byRole,
        inAccount,
        { op: "Bool", key: "kms:GrantIsForAWSResource", values: ["true"] },
      ]),
    },
  ];
}
