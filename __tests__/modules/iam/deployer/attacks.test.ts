import type { IamRequest } from "../../../../modules/iam";
import {
  DEPLOYER_PHASES,
  deployerArn,
  deployerPolicies,
  type DeployerScope,
} from "../../../../modules/iam/deployer";
import { namingOf } from "../../../../modules/stack";
import { refused } from "../../../support/deployer-replay";
import { testEnvironment } from "../../../support/environment";

const environment = testEnvironment();
const IAM = "arn:aws:iam::111122223333";
const STATE = namingOf(environment).bucket("bootstrap", "state");
const BOUNDARY = `${IAM}:policy/acme/test/bootstrap/acme--test--bootstrap--boundary`;
const ROLE = `${IAM}:role/acme/test/one/acme--test--one--trigger`;
const OWN: DeployerScope = { environment, kind: "partner", owner: "one" };
const ALL: DeployerScope = { environment, kind: "partner", owner: "*" };
const PLATFORM: DeployerScope = { environment, kind: "platform", owner: "platform" };

type Attack = readonly [string, string, string, Record<string, string>?];

const ATTACKS: readonly Attack[] = [
  [
    "attach AdministratorAccess",
    "iam:AttachRolePolicy",
    ROLE,
    {
      "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess",
      "iam:PermissionsBoundary": BOUNDARY,
    },
  ],
  [
    "remove the boundary",
    "iam:DeleteRolePermissionsBoundary",
    ROLE,
    { "iam:PermissionsBoundary": BOUNDARY },
  ],
  [
    "give another boundary",
    "iam:PutRolePermissionsBoundary",
    ROLE,
    { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" },
  ],
  ["make a role without a boundary", "iam:CreateRole", ROLE],
  [
    "make a role with another boundary",
    "iam:CreateRole",
    ROLE,
    { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" },
  ],
  ["give rights to a role without a boundary", "iam:PutRolePolicy", ROLE],
  ["open the trust of a role without a boundary", "iam:UpdateAssumeRolePolicy", ROLE],
  ["edit the boundary", "iam:CreatePolicyVersion", BOUNDARY],
  ["bring an older boundary back", "iam:SetDefaultPolicyVersion", BOUNDARY],
  ["delete the boundary", "iam:DeletePolicy", BOUNDARY],
  [
    "pass the role to another service",
    "iam:PassRole",
    ROLE,
    { "iam:PassedToService": "glue.amazonaws.com" },
  ],
  [
    "pass a role from outside the path",
    "iam:PassRole",
    `${IAM}:role/admin`,
    { "iam:PassedToService": "lambda.amazonaws.com" },
  ],
  [
    "make a role outside the path",
    "iam:CreateRole",
    `${IAM}:role/acme--test--one--x`,
    { "iam:PermissionsBoundary": BOUNDARY },
  ],
  [
    "make a role in another environment",
    "iam:CreateRole",
    `${IAM}:role/acme/prod/one/x`,
    { "iam:PermissionsBoundary": BOUNDARY },
  ],
  [
    "make itself stronger",
    "iam:PutRolePolicy",
    `${IAM}:role/deployer`,
    { "iam:PermissionsBoundary": BOUNDARY },
  ],
  ["make a user", "iam:CreateUser", `${IAM}:user/x`],
  ["make a key for a user", "iam:CreateAccessKey", `${IAM}:user/x`],
  ["take on a role of the stack", "sts:AssumeRole", ROLE],
  [
    "change a function of another environment",
    "lambda:UpdateFunctionCode",
    "arn:aws:lambda:eu-central-1:111122223333:function:acme--prod--one--trigger",
  ],
  [
    "change a function in another region",
    "lambda:UpdateFunctionCode",
    "arn:aws:lambda:us-east-1:111122223333:function:acme--test--one--trigger",
  ],
  [
    "change a function of another account",
    "lambda:UpdateFunctionCode",
    "arn:aws:lambda:eu-central-1:444455556666:function:acme--test--one--trigger",
  ],
  [
    "delete a bucket of another environment",
    "s3:DeleteBucket",
    "arn:aws:s3:::acme--prod--one--landing--00000000",
    { "aws:ResourceAccount": "111122223333" },
  ],
  [
    "read the files of a partner",
    "s3:GetObject",
    "arn:aws:s3:::acme--test--one--landing--00000000/x",
    { "aws:ResourceAccount": "111122223333" },
  ],
  [
    "delete a network of others",
    "ec2:DeleteVpc",
    "arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-1",
  ],
  [
    "delete the network of another environment",
    "ec2:DeleteVpc",
    "arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-1",
    {
      "aws:ResourceTag/partner-ingest:environment": "prod",
      "aws:ResourceTag/partner-ingest:owner": "platform",
    },
  ],
  [
    "delete a file system of others",
    "elasticfilesystem:DeleteFileSystem",
    "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-1",
  ],
  ["let others use a log group", "logs:PutResourcePolicy", "*"],
];

/** Attacks that only those have to be kept from who are not the platform's deployer. */
const ON_SHARED: readonly Attack[] = [
  [
    "change a role of the platform",
    "iam:PutRolePolicy",
    `${IAM}:role/acme/test/platform/acme--test--platform--host`,
    { "iam:PermissionsBoundary": BOUNDARY },
  ],
  [
    "pass a role of the platform",
    "iam:PassRole",
    `${IAM}:role/acme/test/platform/acme--test--platform--host`,
    { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
  ],
  [
    "delete the ledger",
    "s3:DeleteBucket",
    "arn:aws:s3:::acme--test--platform--ledger--00000000",
    { "aws:ResourceAccount": "111122223333" },
  ],
  [
    "open the state bucket",
    "s3:PutBucketPolicy",
    `arn:aws:s3:::${STATE}`,
    { "aws:ResourceAccount": "111122223333" },
  ],
  [
    "delete an access point of the platform",
    "elasticfilesystem:DeleteAccessPoint",
    "arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-1",
    {
      "aws:ResourceTag/partner-ingest:environment": "test",
      "aws:ResourceTag/partner-ingest:owner": "platform",
    },
  ],
  [
    "read the platform's state",
    "s3:GetObject",
    `arn:aws:s3:::${STATE}/test--platform.tfstate`,
    { "aws:ResourceAccount": "111122223333" },
  ],
];

/** What the deployer of one partner must not do to another. */
const ON_OTHERS: readonly Attack[] = [
  [
    "change a role of another partner",
    "iam:PutRolePolicy",
    `${IAM}:role/acme/test/two/acme--test--two--trigger`,
    { "iam:PermissionsBoundary": BOUNDARY },
  ],
  [
    "delete a bucket of another partner",
    "s3:DeleteBucket",
    "arn:aws:s3:::acme--test--two--landing--00000000",
    { "aws:ResourceAccount": "111122223333" },
  ],
  [
    "read the state of another partner",
    "s3:GetObject",
    `arn:aws:s3:::${STATE}/test--two.tfstate`,
    { "aws:ResourceAccount": "111122223333" },
  ],
];

type Case = readonly [string, string, DeployerScope, string, string, Record<string, string>];

const against =
  (...scopes: readonly DeployerScope[]) =>
  ([name, action, resource, context = {}]: Attack): Case[] =>
    scopes.map((scope) => [`${scope.kind} ${scope.owner}`, name, scope, action, resource, context]);

const CASES: readonly Case[] = [
  ...ATTACKS.flatMap(against(OWN, ALL, PLATFORM)),
  ...ON_SHARED.flatMap(against(OWN, ALL)),
  ...ON_OTHERS.flatMap(against(OWN)),
];

test.each(CASES)("the deployer of %s can not %s", (_, __, scope, action, resource, context) => {
  const { documents } = deployerPolicies({ ...scope, phases: DEPLOYER_PHASES });
  const request: IamRequest = {
    caller: { kind: "role", arn: deployerArn(scope) },
    action,
    resource,
    context,
  };
  expect(refused(scope, documents, [request])).toEqual([request]);
});

test("the bootstrap's deployer can not take a boundary away either", () => {
  const scope: DeployerScope = { environment, kind: "bootstrap", owner: "bootstrap" };
  const { documents } = deployerPolicies({ ...scope, phases: DEPLOYER_PHASES });
  const request: IamRequest = {
    caller: { kind: "role", arn: deployerArn(scope) },
    action: "iam:DeleteRolePermissionsBoundary",
    resource: ROLE,
  };
  expect(refused(scope, documents, [request])).toEqual([request]);
});
