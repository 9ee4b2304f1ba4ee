import type { IamRequest } from "../../../../modules/iam";
import { checkRules, DOCS, IAM } from "../../../support/iam-rules";
import {
  ACCOUNT,
  allow,
  BUCKET,
  deny,
  OTHER_ACCOUNT,
  OTHER_ROLE,
  QUEUE,
  request,
  ROLE,
  service,
  visitor,
} from "../../../support/iam-world";

const get = request("s3:GetObject", `${BUCKET}/a/b`);
const send = request("sqs:SendMessage", QUEUE);
const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
const named = { AWS: ROLE };
const everything = allow("*", "*");

describe("policies of resources, same account", () => {
  const source = `${IAM}/reference_policies_evaluation-logic_policy-eval-basics.html`;
  const bucketDeny = { Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } };
  checkRules([
    {
      say: "a policy that names the role needs no identity policy",
      source,
      world: { resource: { [QUEUE]: [allow("sqs:SendMessage", QUEUE, { Principal: named })] } },
      request: send,
      expect: "Allowed",
    },
    {
      say: "an identity policy needs no policy of the resource",
      source,
      world: { identity: [allow("sqs:SendMessage", QUEUE)] },
      request: send,
      expect: "Allowed",
    },
    {
      say: "naming the account leaves it to identity policies",
      source: `${IAM}/reference_policies_elements_principal.html#principal-accounts`,
      world: { resource: { [QUEUE]: [allow("sqs:SendMessage", QUEUE, { Principal: root })] } },
      request: send,
      expect: "no identity",
    },
    {
      say: "a policy about another role is nothing to this one",
      source,
      world: {
        resource: {
          [QUEUE]: [allow("sqs:SendMessage", QUEUE, { Principal: { AWS: `${ROLE}2` } })],
        },
      },
      request: send,
      expect: "no identity",
    },
    {
      say: "everybody is this role too",
      source: `${IAM}/reference_policies_elements_principal.html#principal-anonymous`,
      world: { resource: { [QUEUE]: [allow("sqs:SendMessage", QUEUE, { Principal: "*" })] } },
      request: send,
      expect: "Allowed",
    },
    {
      say: "a Deny for everybody beats the role's Allow",
      source: `${DOCS}/AmazonS3/latest/userguide/security-best-practices.html`,
      world: {
        identity: [everything],
        resource: { [BUCKET]: [deny("s3:*", `${BUCKET}/*`, bucketDeny)] },
      },
      request: { ...get, context: { "aws:SecureTransport": "false" } },
      expect: "ExplicitlyDenied",
    },
    {
      say: "the bucket's policy is the policy of its objects",
      source: `${DOCS}/AmazonS3/latest/userguide/security-best-practices.html`,
      world: {
        identity: [everything],
        resource: { [BUCKET]: [deny("s3:*", `${BUCKET}/*`, bucketDeny)] },
      },
      request: { ...get, context: { "aws:SecureTransport": "true" } },
      expect: "Allowed",
    },
    {
      say: "a bucket with a longer name is another bucket",
      source: `${IAM}/reference_policies_elements_resource.html`,
      world: {
        identity: [everything],
        resource: { [BUCKET]: [deny("s3:*", "*", { Principal: "*" })] },
      },
      request: request("s3:GetObject", `${BUCKET}-2/a`, {
        context: { "aws:ResourceAccount": ACCOUNT },
      }),
      expect: "Allowed",
    },
  ]);
});

describe("other accounts", () => {
  const source = `${IAM}/reference_policies_evaluation-logic-cross-account.html`;
  const theirs = "arn:aws:s3:::theirs";
  const put = (more: Partial<IamRequest> = {}): IamRequest =>
    request("s3:PutObject", `${theirs}/x`, {
      context: { "aws:ResourceAccount": OTHER_ACCOUNT },
      ...more,
    });
  checkRules([
    {
      say: "the resource's policy must allow a visitor",
      source,
      world: {},
      request: { ...send, caller: visitor },
      expect: "no resource",
    },
    {
      say: "naming the visitor's account lets it in, for its own policies allow",
      source,
      world: {
        resource: {
          [QUEUE]: [allow("sqs:SendMessage", QUEUE, { Principal: { AWS: OTHER_ACCOUNT } })],
        },
      },
      request: { ...send, caller: visitor },
      expect: "Allowed",
    },
    {
      say: "naming the visitor lets it in",
      source,
      world: {
        resource: {
          [QUEUE]: [allow("sqs:SendMessage", QUEUE, { Principal: { AWS: OTHER_ROLE } })],
        },
      },
      request: { ...send, caller: visitor },
      expect: "Allowed",
    },
    {
      say: "a role goes out only by its own policies, whatever the owner there allows",
      source,
      world: {},
      request: put(),
      expect: "no identity",
    },
    {
      say: "a role with the permission is let in where the owner is not known",
      source,
      world: { identity: [allow("s3:PutObject", "*")] },
      request: put(),
      expect: "Allowed",
    },
    {
      say: "aws:ResourceAccount keeps a role in its account",
      source: `${IAM}/reference_policies_condition-keys.html#condition-keys-resourceaccount`,
      world: {
        identity: [
          allow("s3:PutObject", "*", {
            Condition: { StringEquals: { "aws:ResourceAccount": ACCOUNT } },
          }),
        ],
      },
      request: put(),
      expect: "no identity",
    },
    {
      say: "the boundary counts outside too",
      source,
      world: { identity: [everything], boundary: [allow("sqs:*", "*")] },
      request: put(),
      expect: "no boundary",
    },
  ]);
});

describe("services and everybody", () => {
  const events = { Principal: { Service: "events.amazonaws.com" } };
  const rule = `arn:aws:events:eu-central-1:${ACCOUNT}:rule/dropped`;
  const topic = `arn:aws:sns:eu-central-1:${ACCOUNT}:alerts`;
  const alarms = allow("sns:Publish", topic, {
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
  });
  const fn = `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:trigger`;
  const ofRule = allow("lambda:InvokeFunction", fn, {
    ...events,
    Condition: {
      ArnLike: { "AWS:SourceArn": rule },
      StringEquals: { "AWS:SourceAccount": ACCOUNT },
    },
  });
  checkRules([
    {
      say: "a queue's policy lets one rule send",
      source: `${DOCS}/eventbridge/latest/userguide/eb-use-resource-based.html`,
      world: {
        resource: {
          [QUEUE]: [
            allow("sqs:SendMessage", QUEUE, {
              ...events,
              Condition: { ArnEquals: { "aws:SourceArn": rule } },
            }),
          ],
        },
      },
      request: { ...send, caller: service("events"), context: { "aws:SourceArn": rule } },
      expect: "Allowed",
    },
    {
      say: "and no other rule",
      source: `${DOCS}/eventbridge/latest/userguide/eb-use-resource-based.html`,
      world: {
        resource: {
          [QUEUE]: [
            allow("sqs:SendMessage", QUEUE, {
              ...events,
              Condition: { ArnEquals: { "aws:SourceArn": rule } },
            }),
          ],
        },
      },
      request: { ...send, caller: service("events"), context: { "aws:SourceArn": `${rule}2` } },
      expect: "no resource",
    },
    {
      say: "a function's policy lets a service invoke it",
      source: `${DOCS}/lambda/latest/dg/access-control-resource-based.html`,
      world: { resource: { [fn]: [allow("lambda:InvokeFunction", fn, events)] } },
      request: request("lambda:InvokeFunction", fn, { caller: service("events") }),
      expect: "Allowed",
    },
    {
      say: "a permission of a function for one source",
      source: `${DOCS}/lambda/latest/dg/permissions-function-services.html`,
      world: { resource: { [fn]: [ofRule] } },
      request: request("lambda:InvokeFunction", fn, {
        caller: service("events"),
        context: { "aws:SourceArn": rule, "aws:SourceAccount": ACCOUNT },
      }),
      expect: "Allowed",
    },
    {
      say: "is none for a source of that name in another account",
      source: `${DOCS}/lambda/latest/dg/permissions-function-services.html`,
      world: { resource: { [fn]: [ofRule] } },
      request: request("lambda:InvokeFunction", fn, {
        caller: service("events"),
        context: { "aws:SourceArn": rule, "aws:SourceAccount": OTHER_ACCOUNT },
      }),
      expect: "no resource",
    },
    {
      say: "nor for a service that tells no source",
      source: `${IAM}/reference_policies_elements_condition_operators.html`,
      world: { resource: { [fn]: [ofRule] } },
      request: request("lambda:InvokeFunction", fn, { caller: service("events") }),
      expect: "no resource",
    },
    {
      say: "a topic's policy lets alarms of the account publish",
      source: `${DOCS}/sns/latest/dg/sns-access-policy-use-cases.html#sns-allow-specified-service-to-publish-to-topic`,
      world: { resource: { [topic]: [alarms] } },
      request: request("sns:Publish", topic, {
        caller: service("cloudwatch"),
        context: { "aws:SourceAccount": ACCOUNT },
      }),
      expect: "Allowed",
    },
    {
      say: "and not those of another account",
      source: `${DOCS}/sns/latest/dg/sns-access-policy-use-cases.html#sns-allow-specified-service-to-publish-to-topic`,
      world: { resource: { [topic]: [alarms] } },
      request: request("sns:Publish", topic, {
        caller: service("cloudwatch"),
        context: { "aws:SourceAccount": OTHER_ACCOUNT },
      }),
      expect: "no resource",
    },
    {
      say: "a topic's policy that denies plain HTTP meets the service, too",
      source: `${DOCS}/sns/latest/dg/sns-security-best-practices.html`,
      world: {
        resource: {
          [topic]: [
            alarms,
            deny("sns:Publish", topic, {
              Principal: "*",
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            }),
          ],
        },
      },
      request: request("sns:Publish", topic, {
        caller: service("cloudwatch"),
        context: { "aws:SourceAccount": ACCOUNT, "aws:SecureTransport": "false" },
      }),
      expect: "ExplicitlyDenied",
    },
    {
      say: "a service without a policy that names it",
      source: `${DOCS}/lambda/latest/dg/access-control-resource-based.html`,
      world: {},
      request: request("lambda:InvokeFunction", fn, { caller: service("events") }),
      expect: "no resource",
    },
    {
      say: "nobody in particular, where everybody is allowed",
      source: `${IAM}/reference_policies_elements_principal.html#principal-anonymous`,
      world: { resource: { [BUCKET]: [allow("s3:GetObject", `${BUCKET}/*`, { Principal: "*" })] } },
      request: { ...get, caller: { kind: "anonymous" } },
      expect: "Allowed",
    },
    {
      say: "nobody in particular is not of the account",
      source: `${IAM}/reference_policies_elements_principal.html#principal-anonymous`,
      world: {
        resource: { [BUCKET]: [allow("s3:GetObject", `${BUCKET}/*`, { Principal: root })] },
      },
      request: { ...get, caller: { kind: "anonymous" } },
      expect: "no resource",
    },
  ]);
});
