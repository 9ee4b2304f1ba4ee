import local from "../../../environments/local";
import { boundaryPolicy } from "../../../modules/bootstrap";
import type { PolicyDocument, Statement } from "../../../modules/iam";
import { PartnerStack, resolvePartner } from "../../../modules/partner-ingest";
import { fixedFacts, PlatformStack } from "../../../modules/platform";
import { namingOf } from "../../../modules/stack";
import universalMusic from "../../../partners/universal-music";
import { testImagesLock } from "../../support/partner";
import { partnerTemplate } from "../../support/partner-template";
import { Template } from "../../support/template";

/*
 * What a role's policy allows and its boundary does not is refused, and only a run on AWS would tell.
 */

const secrets = {
  TOKEN: "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:acme/token-AbCdEf",
  USER: "arn:aws:ssm:ap-northeast-2:123456789012:parameter/acme/user",
};

const templates = {
  platform: Template.of((app) => new PlatformStack(app, local)),
  "universal-music": Template.of(
    (app) =>
      new PartnerStack(app, {
        resolved: resolvePartner({
          partner: universalMusic,
          environment: local,
          facts: fixedFacts(local),
          imagesLock: testImagesLock(local),
        }),
        trigger: { name: "trigger", zip: Buffer.from("zip"), hash: "hash" },
      }),
  ),
  "a partner with secrets": partnerTemplate(
    {
      steps: {
        fetch: {
          kind: "fetch",
          program: ["/opt/acme/fetch", "{orderId}", "{staging}"],
          isolation: { sharedHost: "our own program, reviewed" },
          secrets,
        },
        publish: { kind: "publish", after: ["fetch"] },
      },
    },
    local,
  ),
};

const boundary = boundaryPolicy(namingOf(local));

test.each(Object.entries(templates))(
  "no role of %s may do what its boundary refuses",
  (_, template) => {
    const policies = Object.keys(template.resources("aws_iam_role_policy"));
    expect(policies.length).toBeGreaterThan(0);
    expect(
      policies.flatMap((id) =>
        refused(template.policy("aws_iam_role_policy", id)).map((what) => `${id}: ${what}`),
      ),
    ).toEqual([]);
  },
);

test("the check sees an action, a resource and a condition that the boundary lacks", () => {
  const allow = (statement: Omit<Statement, "Effect">): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", ...statement }],
  });
  const key = "arn:aws:kms:ap-northeast-2:123456789012:key/k";
  expect(refused(allow({ Action: "s3:DeleteObject", Resource: "arn:aws:s3:::b/*" }))).toEqual([
    "s3:DeleteObject on arn:aws:s3:::b/*",
  ]);
  expect(refused(allow({ Action: "kms:Decrypt", Resource: key }))).toEqual([
    `kms:Decrypt on ${key}`,
  ]);
  const foreign = "arn:aws:lambda:ap-northeast-2:123456789012:function:pi--prod--acme--trigger";
  expect(refused(allow({ Action: "lambda:InvokeFunction", Resource: foreign }))).toEqual([
    `lambda:InvokeFunction on ${foreign}`,
  ]);
});

/** What a policy allows beyond the boundary. */
function refused({ Statement: statements }: PolicyDocument): string[] {
  return statements.flatMap((statement) =>
    list(statement.Action).flatMap((action) =>
      list(statement.Resource ?? [])
        .filter(
          (resource) =>
            !boundary.Statement.some((limit) => covers(limit, action, resource, statement)),
        )
        .map((resource) => `${action} on ${resource}`),
    ),
  );
}

function covers(limit: Statement, action: string, resource: string, statement: Statement): boolean {
  return (
    list(limit.Action).includes(action) &&
    list(limit.Resource ?? []).some((pattern) => includes(pattern, resource)) &&
    Object.entries(limit.Condition ?? {}).every(([op, keys]) =>
      Object.entries(keys).every(([key, allowed]) => {
        const given = statement.Condition?.[op]?.[key];
        return given !== undefined && list(given).every((value) => list(allowed).includes(value));
      }),
    )
  );
}

/** True when all that the second pattern stands for is among what the first does. */
function includes(pattern: string, other: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.[\]\\^$+?(){}|]/gu, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "u").test(other);
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
