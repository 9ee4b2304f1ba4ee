import type { IamRequest } from "../../../../modules/iam";
import { checkRules, IAM } from "../../../support/iam-rules";
import { allow, BUCKET, deny, QUEUE, request, ROLE, service } from "../../../support/iam-world";

const get = request("s3:GetObject", `${BUCKET}/a/b`);
const send = request("sqs:SendMessage", QUEUE);
const assume = (more: Partial<IamRequest> = {}): IamRequest =>
  request("sts:AssumeRole", ROLE, { caller: service("ecs-tasks"), ...more });
const named = { AWS: ROLE };
const everything = allow("*", "*");
const trust = (Principal: unknown, more = {}) => ({
  Effect: "Allow",
  Principal,
  Action: "sts:AssumeRole",
  ...more,
});

describe("identity policies", () => {
  const source = `${IAM}/reference_policies_evaluation-logic_policy-eval-denyallow.html`;
  checkRules([
    {
      say: "what nobody allows is denied",
      source,
      world: {},
      request: get,
      expect: "no identity",
    },
    {
      say: "one Allow is enough",
      source,
      world: { identity: [allow("s3:GetObject", `${BUCKET}/*`)] },
      request: get,
      expect: "Allowed",
    },
    {
      say: "a Deny beats every Allow",
      source,
      world: { identity: [everything, deny("s3:GetObject", `${BUCKET}/a/*`)] },
      request: get,
      expect: "ExplicitlyDenied",
    },
    {
      say: "a Deny of something else is none",
      source,
      world: { identity: [everything, deny("s3:GetObject", `${BUCKET}/b/*`)] },
      request: get,
      expect: "Allowed",
    },
    {
      say: "NotAction in a Deny is everything else",
      source: `${IAM}/reference_policies_elements_notaction.html`,
      world: {
        identity: [everything, { Effect: "Deny", NotAction: "s3:Get*", Resource: "*" }],
      },
      request: send,
      expect: "ExplicitlyDenied",
    },
    {
      say: "NotAction in a Deny spares what it names",
      source: `${IAM}/reference_policies_elements_notaction.html`,
      world: {
        identity: [everything, { Effect: "Deny", NotAction: "s3:Get*", Resource: "*" }],
      },
      request: get,
      expect: "Allowed",
    },
    {
      say: "NotResource in a Deny is everywhere else",
      source: `${IAM}/reference_policies_elements_notresource.html`,
      world: {
        identity: [everything, { Effect: "Deny", Action: "s3:*", NotResource: `${BUCKET}/b/*` }],
      },
      request: get,
      expect: "ExplicitlyDenied",
    },
    {
      say: "capitals of an action do not count",
      source: `${IAM}/reference_policies_elements_action.html`,
      world: { identity: [allow("S3:getobject", `${BUCKET}/*`)] },
      request: get,
      expect: "Allowed",
    },
    {
      say: "capitals of a resource count",
      source: `${IAM}/reference_policies_elements_resource.html`,
      world: { identity: [allow("s3:GetObject", `${BUCKET}/A/*`)] },
      request: get,
      expect: "no identity",
    },
    {
      say: "a star runs over slashes",
      source: `${IAM}/reference_policies_elements_resource.html`,
      world: { identity: [allow("s3:GetObject", "arn:aws:s3:::in*b")] },
      request: get,
      expect: "Allowed",
    },
    {
      say: "an ARN does not match an action without resources",
      source: `${IAM}/reference_policies_elements_resource.html`,
      world: { identity: [allow("batch:ListJobs", "arn:aws:batch:eu-central-1:*:job-queue/*")] },
      request: request("batch:ListJobs", "*"),
      expect: "no identity",
    },
  ]);
});

describe("permissions boundaries", () => {
  const source = `${IAM}/access_policies_boundaries.html`;
  checkRules([
    {
      say: "a boundary alone allows nothing",
      source,
      world: { boundary: [everything] },
      request: get,
      expect: "no identity",
    },
    {
      say: "what the boundary does not allow is denied",
      source,
      world: { identity: [everything], boundary: [allow("sqs:*", "*")] },
      request: get,
      expect: "no boundary",
    },
    {
      say: "both allow",
      source,
      world: { identity: [everything], boundary: [allow("s3:*", "*")] },
      request: get,
      expect: "Allowed",
    },
    {
      say: "a Deny in the boundary counts",
      source,
      world: { identity: [everything], boundary: [everything, deny("s3:*", "*")] },
      request: get,
      expect: "ExplicitlyDenied",
    },
    {
      say: "a resource's policy that names the role does not reach beyond the boundary",
      source: `${IAM}/reference_policies_evaluation-logic_policy-eval-basics.html`,
      world: {
        boundary: [allow("s3:*", "*")],
        resource: { [QUEUE]: [allow("sqs:SendMessage", QUEUE, { Principal: named })] },
      },
      request: send,
      expect: "no boundary",
    },
    {
      say: "a trust policy that names the role does not reach beyond the boundary",
      source,
      world: { trust: [trust(named)], boundary: [allow("s3:*", "*")] },
      request: assume({ caller: { kind: "role", arn: ROLE } }),
      expect: "no boundary",
    },
  ]);
});
