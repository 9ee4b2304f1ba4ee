import type { IamRequest } from "../../../../modules/iam";
import { checkRules, DOCS, IAM } from "../../../support/iam-rules";
import {
  ACCOUNT,
  allow,
  KEY,
  neighbour,
  OTHER_ACCOUNT,
  OTHER_ROLE,
  request,
  ROLE,
  service,
  visitor,
} from "../../../support/iam-world";

const decrypt = request("kms:Decrypt", KEY);
const assume = (more: Partial<IamRequest> = {}): IamRequest =>
  request("sts:AssumeRole", ROLE, { caller: service("ecs-tasks"), ...more });
const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
const named = { AWS: ROLE };
const everything = allow("*", "*");
const trust = (Principal: unknown, more = {}) => ({
  Effect: "Allow",
  Principal,
  Action: "sts:AssumeRole",
  ...more,
});

describe("keys", () => {
  const source = `${DOCS}/kms/latest/developerguide/key-policies.html`;
  const byDefault = allow("kms:*", "*", { Principal: root });
  const onlyMine = allow("kms:Decrypt", "*", { Principal: named });
  checkRules([
    {
      say: "the account's statement leaves the key to identity policies",
      source: `${DOCS}/kms/latest/developerguide/key-policy-default.html`,
      world: { identity: [allow("kms:Decrypt", KEY)], resource: { [KEY]: [byDefault] } },
      request: decrypt,
      expect: "Allowed",
    },
    {
      say: "the account's statement alone allows no role",
      source: `${DOCS}/kms/latest/developerguide/key-policy-default.html`,
      world: { resource: { [KEY]: [byDefault] } },
      request: decrypt,
      expect: "no identity",
    },
    {
      say: "without the account's statement an identity policy is nothing",
      source,
      world: {
        identity: [everything],
        resource: { [KEY]: [allow("kms:Decrypt", "*", { Principal: { AWS: `${ROLE}2` } })] },
      },
      request: decrypt,
      expect: "no resource",
    },
    {
      say: "a key policy that names the role is enough",
      source,
      world: { resource: { [KEY]: [onlyMine] } },
      request: decrypt,
      expect: "Allowed",
    },
    {
      say: "a key policy allows the actions that it names",
      source,
      world: { identity: [everything], resource: { [KEY]: [onlyMine] } },
      request: { ...decrypt, action: "kms:GenerateDataKey" },
      expect: "no resource",
    },
    {
      say: "a visitor needs the key's policy",
      source: `${DOCS}/kms/latest/developerguide/key-policy-modifying-external-accounts.html`,
      world: { resource: { [KEY]: [byDefault] } },
      request: { ...decrypt, caller: visitor },
      expect: "no resource",
    },
    {
      say: "kms:CallerAccount follows from the caller",
      source: `${DOCS}/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account`,
      world: {
        resource: {
          [KEY]: [
            allow("kms:Decrypt", "*", {
              Principal: { AWS: "*" },
              Condition: { StringEquals: { "kms:CallerAccount": ACCOUNT } },
            }),
          ],
        },
      },
      request: { ...decrypt, caller: visitor },
      expect: "no resource",
    },
    {
      say: "a service is let in by its name, and by the account that it works for",
      source: `${DOCS}/sns/latest/dg/sns-key-management.html`,
      world: {
        resource: {
          [KEY]: [
            allow("kms:Decrypt", "*", {
              Principal: { Service: "events.amazonaws.com" },
              Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
            }),
          ],
        },
      },
      request: {
        ...decrypt,
        caller: service("events"),
        context: { "aws:SourceAccount": ACCOUNT },
      },
      expect: "Allowed",
    },
    {
      say: "a service that works for another account is not",
      source: `${IAM}/confused-deputy.html`,
      world: {
        resource: {
          [KEY]: [
            allow("kms:Decrypt", "*", {
              Principal: { Service: "events.amazonaws.com" },
              Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
            }),
          ],
        },
      },
      request: {
        ...decrypt,
        caller: service("events"),
        context: { "aws:SourceAccount": OTHER_ACCOUNT },
      },
      expect: "no resource",
    },
  ]);
});

describe("who may take a role on", () => {
  const source = `${IAM}/id_roles_update-role-trust-policy.html`;
  const tasks = { Service: "ecs-tasks.amazonaws.com" };
  checkRules([
    {
      say: "the service that the trust policy names",
      source,
      world: { trust: [trust(tasks)] },
      request: assume(),
      expect: "Allowed",
    },
    {
      say: "no other service",
      source,
      world: { trust: [trust(tasks)] },
      request: assume({ caller: service("lambda") }),
      expect: "no trust",
    },
    {
      say: "the service for this account alone",
      source: `${IAM}/confused-deputy.html`,
      world: {
        trust: [trust(tasks, { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } })],
      },
      request: assume({ context: { "aws:SourceAccount": OTHER_ACCOUNT } }),
      expect: "no trust",
    },
    {
      say: "not an administrator of the account, who is not named",
      source,
      world: { trust: [trust(tasks)] },
      request: assume({ caller: neighbour }),
      expect: "no trust",
    },
    {
      say: "an administrator, where the account is named",
      source: `${IAM}/reference_policies_elements_principal.html#principal-accounts`,
      world: { trust: [trust(root)] },
      request: assume({ caller: neighbour }),
      expect: "Allowed",
    },
    {
      say: "a role that is named, without a permission of its own",
      source,
      world: { trust: [trust(named)] },
      request: assume({ caller: { kind: "role", arn: ROLE } }),
      expect: "Allowed",
    },
    {
      say: "a role of the account that is named only with a permission of its own",
      source,
      world: { trust: [trust(root)] },
      request: assume({ caller: { kind: "role", arn: ROLE } }),
      expect: "no identity",
    },
    {
      say: "a visitor that is named",
      source: `${IAM}/reference_policies_evaluation-logic-cross-account.html`,
      world: { trust: [trust({ AWS: OTHER_ROLE })] },
      request: assume({ caller: visitor }),
      expect: "Allowed",
    },
    {
      say: "nobody, where a Deny of the trust policy meets them",
      source,
      world: { trust: [trust(tasks), { ...trust("*"), Effect: "Deny" }] },
      request: assume(),
      expect: "ExplicitlyDenied",
    },
    {
      say: "an identity provider, by its own action",
      source: `${IAM}/id_roles_providers_create_oidc.html`,
      world: {
        trust: [
          {
            ...trust({ Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.example` }),
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: { StringEquals: { "token.example:sub": "repo:acme/ingest" } },
          },
        ],
      },
      request: {
        caller: {
          kind: "federated",
          provider: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.example`,
        },
        action: "sts:AssumeRoleWithWebIdentity",
        resource: ROLE,
        context: { "token.example:sub": "repo:acme/ingest" },
      },
      expect: "Allowed",
    },
  ]);
});
