import { type Grant, type TrustedService, WorkloadRole } from "../../../modules/iam";
import { IngestStack } from "../../../modules/stack";
import { testEnvironment } from "../../support/environment";
import { Template } from "../../support/template";

const grant = (id: string): Grant => ({
  id,
  actions: ["sqs:SendMessage"],
  resources: ["arn:aws:sqs:eu-central-1:111122223333:q"],
  why: "send",
  from: "steps.fetch",
});

function role(
  trust: TrustedService,
  opaqueGrants: readonly Grant[] = [],
  grants: readonly Grant[] = [grant("SendThings")],
): Template {
  return Template.of((app) => {
    const stack = new IngestStack(app, {
      environment: testEnvironment(),
      kind: "partner",
      owner: "acme",
    });
    new WorkloadRole(stack, "Role", {
      naming: stack.naming,
      owner: "acme",
      thing: "job-fetch",
      trust,
      grants,
      opaqueGrants,
      boundaryArn: "arn:aws:iam::111122223333:policy/boundary",
      description: "What the container may do",
      logicalId: "job_fetch",
    });
    return stack;
  });
}

test("a role has a path, a boundary, an hour, and one policy of its grants", () => {
  const template = role({ service: "ecs-tasks" });
  expect(template.resource("aws_iam_role", "job_fetch")).toMatchObject({
    name: "acme--test--acme--job-fetch",
    path: "/acme/test/acme/",
    permissions_boundary: "arn:aws:iam::111122223333:policy/boundary",
    max_session_duration: 3600,
    description: "What the container may do",
  });
  expect(template.addresses()).toEqual(["aws_iam_role.job_fetch", "aws_iam_role_policy.job_fetch"]);
  expect(template.policy("aws_iam_role_policy", "job_fetch").Statement).toEqual([
    {
      Sid: "SendThings",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: "arn:aws:sqs:eu-central-1:111122223333:q",
    },
  ]);
});

test("a grant on an opaque id has a policy of its own", () => {
  expect(role({ service: "ecs-tasks" }, [grant("MountStaging")]).addresses()).toEqual([
    "aws_iam_role.job_fetch",
    "aws_iam_role_policy.job_fetch",
    "aws_iam_role_policy.job_fetch_mount_staging",
  ]);
});

test("policies that AWS would refuse for their length are told before", () => {
  const many = Array.from({ length: 100 }, (_, index) => grant(`Send${String(index)}`));
  expect(() => role({ service: "lambda" }, [], many)).toThrow(
    'the grants of role "acme--test--acme--job-fetch" have 11428 characters, and AWS takes 10240 in all inline policies of a role; the longest are "Send10" with 152, "Send11" with 152, "Send12" with 152: name fewer resources, or give some of the work to another role',
  );
});

describe("trust", () => {
  const account = { "aws:SourceAccount": "111122223333" };
  const group = "arn:aws:scheduler:eu-central-1:111122223333:schedule-group/acme";
  it.each<[TrustedService, unknown]>([
    [
      { service: "ecs-tasks" },
      {
        StringEquals: account,
        ArnLike: { "aws:SourceArn": "arn:aws:ecs:eu-central-1:111122223333:*" },
      },
    ],
    [
      { service: "scheduler", scheduleGroupArn: group },
      { StringEquals: { ...account, "aws:SourceArn": group } },
    ],
    // AWS does not fill the keys for these.
    [{ service: "lambda" }, undefined],
    [{ service: "ec2" }, undefined],
  ])("of %j", (trust, condition) => {
    const document = role(trust).policy("aws_iam_role", "job_fetch", "assume_role_policy");
    expect(document.Statement).toEqual([
      {
        Sid: "Trust",
        Effect: "Allow",
        Principal: { Service: `${trust.service}.amazonaws.com` },
        Action: "sts:AssumeRole",
        ...(condition === undefined ? {} : { Condition: condition }),
      },
    ]);
  });
});
