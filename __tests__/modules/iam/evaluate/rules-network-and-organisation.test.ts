import { checkRules, DOCS } from "../../../support/iam-rules";
import {
  ACCOUNT,
  allow,
  BUCKET,
  deny,
  OTHER_ACCOUNT,
  OTHER_ROLE,
  QUEUE,
  request,
  visitor,
} from "../../../support/iam-world";

const send = request("sqs:SendMessage", QUEUE);
const get = request("s3:GetObject", `${BUCKET}/a/b`);
const everything = allow("*", "*");

describe("file systems", () => {
  const source = `${DOCS}/efs/latest/ug/iam-access-control-nfs-efs.html`;
  const staging = `arn:aws:elasticfilesystem:eu-central-1:${ACCOUNT}:file-system/fs-1`;
  const accessPoint = `arn:aws:elasticfilesystem:eu-central-1:${ACCOUNT}:access-point/fsap-1`;
  const tls = { "aws:SecureTransport": "true" };
  const mount = request("elasticfilesystem:ClientMount", staging);
  const denyPlain = deny("elasticfilesystem:ClientMount", "*", {
    Principal: { AWS: "*" },
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  checkRules([
    {
      say: "without a policy everybody may mount",
      source: `${source}#default-filesystempolicy`,
      world: { resources: [{ arn: staging, type: "aws_efs_file_system", owner: "one" }] },
      request: { ...mount, caller: { kind: "anonymous" } },
      expect: "Allowed",
    },
    {
      say: "a policy that only denies ends that",
      source: `${source}#default-filesystempolicy`,
      world: { resource: { [staging]: [denyPlain] } },
      request: { ...mount, caller: { kind: "anonymous" } },
      expect: "no resource",
    },
    {
      say: "then the roles' own policies count",
      source,
      world: {
        identity: [allow("elasticfilesystem:ClientMount", staging)],
        resource: { [staging]: [denyPlain] },
      },
      request: { ...mount, context: { "aws:SecureTransport": "true" } },
      expect: "Allowed",
    },
    {
      say: "an access point is a condition of the mount",
      source: `${source}#efs-condition-keys-for-nfs`,
      world: {
        identity: [
          allow("elasticfilesystem:ClientMount", staging, {
            Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": accessPoint } },
          }),
        ],
        resource: { [staging]: [denyPlain] },
      },
      request: { ...mount, context: { ...tls, "elasticfilesystem:AccessPointArn": accessPoint } },
      expect: "Allowed",
    },
    {
      say: "another's access point does not fulfil it",
      source: `${source}#efs-condition-keys-for-nfs`,
      world: {
        identity: [
          allow("elasticfilesystem:ClientMount", staging, {
            Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": accessPoint } },
          }),
        ],
        resource: { [staging]: [denyPlain] },
      },
      request: {
        ...mount,
        context: { ...tls, "elasticfilesystem:AccessPointArn": `${accessPoint}2` },
      },
      expect: "no identity",
    },
    {
      say: "a mount without TLS meets the policy's Deny, whatever the role may",
      source,
      world: { identity: [everything], resource: { [staging]: [denyPlain] } },
      request: { ...mount, context: { "aws:SecureTransport": "false" } },
      expect: "ExplicitlyDenied",
    },
    {
      say: "root needs a permission of its own",
      source,
      world: {
        identity: [allow("elasticfilesystem:ClientMount", staging)],
        resource: { [staging]: [denyPlain] },
      },
      request: { ...mount, action: "elasticfilesystem:ClientRootAccess", context: tls },
      expect: "no identity",
    },
    {
      say: "other actions are never open",
      source,
      world: {},
      request: { ...mount, action: "elasticfilesystem:DeleteFileSystem" },
      expect: "no identity",
    },
  ]);
});

describe("organisations and endpoints", () => {
  const source = `${DOCS}/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html`;
  const linked = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch`;
  checkRules([
    {
      say: "every level must allow",
      source,
      world: { identity: [everything], organisation: [[everything], [allow("sqs:*", "*")]] },
      request: get,
      expect: "no organisation",
    },
    {
      say: "every level allows",
      source,
      world: { identity: [everything], organisation: [[everything], [allow("s3:*", "*")]] },
      request: get,
      expect: "Allowed",
    },
    {
      say: "they allow nothing by themselves",
      source,
      world: { organisation: [[everything]] },
      request: get,
      expect: "no identity",
    },
    {
      say: "a Deny of any level counts",
      source,
      world: { identity: [everything], organisation: [[everything, deny("s3:*", "*")]] },
      request: get,
      expect: "ExplicitlyDenied",
    },
    {
      say: "they are not about service-linked roles",
      source: `${DOCS}/organizations/latest/userguide/orgs_manage_policies_scps.html`,
      world: { organisation: [[everything, deny("s3:*", "*")]] },
      request: { ...get, caller: { kind: "outsider", arn: linked } },
      expect: "Allowed",
    },
    {
      say: "nor about roles of other accounts",
      source: `${DOCS}/organizations/latest/userguide/orgs_manage_policies_scps.html`,
      world: {
        organisation: [[deny("*", "*")]],
        resource: { [QUEUE]: [allow("sqs:*", QUEUE, { Principal: { AWS: OTHER_ROLE } })] },
      },
      request: { ...send, caller: visitor },
      expect: "Allowed",
    },
    {
      say: "an endpoint's policy must allow what goes through it",
      source: `${DOCS}/vpc/latest/privatelink/vpc-endpoints-access.html`,
      world: {
        identity: [everything],
        endpoint: [
          allow("s3:*", "*", {
            Principal: "*",
            Condition: { StringEquals: { "aws:ResourceAccount": ACCOUNT } },
          }),
        ],
      },
      request: request("s3:GetObject", "arn:aws:s3:::theirs/x", {
        endpoint: "s3",
        context: { "aws:ResourceAccount": OTHER_ACCOUNT },
      }),
      expect: "no endpoint",
    },
    {
      say: "and has no say in what does not",
      source: `${DOCS}/vpc/latest/privatelink/vpc-endpoints-access.html`,
      world: { identity: [everything], endpoint: [deny("*", "*", { Principal: "*" })] },
      request: get,
      expect: "Allowed",
    },
  ]);
});
