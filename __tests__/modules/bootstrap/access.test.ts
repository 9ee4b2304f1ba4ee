import { BootstrapStack } from "../../../modules/bootstrap";
import type { EnvironmentInput } from "../../../modules/config";
import { evaluate, type IamRequest, type PolicyDocument, type World } from "../../../modules/iam";
import { peopleClaims, type PeopleRole } from "../../../modules/iam/people";
import { namingOf } from "../../../modules/stack";
import { testEnvironment } from "../../support/environment";
import { Template } from "../../support/template";

const SSO =
  "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef";

const people = {
  viewer: { principals: ["444455556666"] },
  onCall: {
    principals: [SSO, "444455556666"],
    releaseTo: ["acme-files/in/"],
    backfillFrom: ["acme-drop/orders/"],
  },
};
const ci = {
  github: {
    repository: "acme/ingest",
    plan: { branch: "main" },
    apply: { environment: "production" },
  },
  gitlab: {
    project: "acme/data/ingest",
    plan: { branch: "main" },
    apply: { branch: "release" },
    provider: "existing" as const,
  },
};

const of = (changes: Partial<EnvironmentInput>): Template =>
  Template.of((app) => new BootstrapStack(app, testEnvironment(changes)));

const json = (template: Template, id: string): PolicyDocument =>
  JSON.parse(String(template.resource("aws_iam_role", id)["assume_role_policy"])) as PolicyDocument;

/** A world that holds one role of the bootstrap stack. */
function worldOf(template: Template, id: string, policies: readonly PolicyDocument[]): World {
  const { name, path } = template.resource("aws_iam_role", id);
  const arn = `arn:aws:iam::111122223333:role${String(path)}${String(name)}`;
  return {
    partition: "aws",
    account: "111122223333",
    region: "eu-central-1",
    principals: [
      {
        arn,
        name: String(name),
        owner: "bootstrap",
        trust: json(template, id),
        policies: policies.map((document, index) => ({ name: String(index), document })),
      },
    ],
    resources: [],
    resourcePolicies: {},
  };
}

const decide = (world: World, request: Omit<IamRequest, "caller">): string =>
  evaluate(world, { ...request, caller: { kind: "role", arn: world.principals[0]?.arn ?? "" } })
    .decision;

describe("roles of people", () => {
  const template = of({ people });
  const ids: Readonly<Record<PeopleRole, string>> = {
    viewer: "viewer",
    onCall: "on_call",
    breakGlass: "break_glass",
  };

  test.each(peopleClaims(namingOf(testEnvironment())).map((one) => [one.role, one.say, one]))(
    "%s %s",
    (_, __, { role, action, resource, context, expect: expected }) => {
      const id = ids[role];
      const world = worldOf(template, id, [template.policy("aws_iam_role_policy", id)]);
      const decision = decide(world, { action, resource, ...(context ? { context } : {}) });
      expect(decision === "Allowed" ? "Allowed" : "Denied").toBe(expected);
    },
  );

  test.each([
    [
      "a user of the account with MFA",
      "444455556666",
      { "aws:MultiFactorAuthPresent": "true" },
      true,
    ],
    ["one without MFA", "444455556666", { "aws:MultiFactorAuthPresent": "false" }, false],
    ["one whose session does not say", "444455556666", {}, false],
    ["another account", "777788889999", { "aws:MultiFactorAuthPresent": "true" }, false],
  ])("viewer is taken on by %s: %#", (_, account, context, allowed) => {
    const world = worldOf(template, "viewer", []);
    const { decision } = evaluate(world, {
      caller: { kind: "outsider", arn: `arn:aws:iam::${account}:role/somebody` },
      action: "sts:AssumeRole",
      resource: world.principals[0]?.arn ?? "",
      context,
    });
    expect(decision === "Allowed").toBe(allowed);
  });

  test("on-call releases to the named prefix, and nowhere else", () => {
    const world = worldOf(template, "on_call", [template.policy("aws_iam_role_policy", "on_call")]);
    const put = (resource: string): string =>
      decide(world, {
        action: "s3:PutObject",
        resource: `arn:aws:s3:::${resource}`,
        context: { "aws:ResourceAccount": "111122223333" },
      });
    expect(put("acme-files/in/a.xml")).toBe("Allowed");
    expect(put("acme-files/out/a.xml")).toBe("ImplicitlyDenied");
    expect(put("acme-files-2/in/a.xml")).toBe("ImplicitlyDenied");
  });

  test("on-call is taken on by the named role, and by no other of the account", () => {
    const world = worldOf(template, "on_call", []);
    const ask = (arn: string): string =>
      evaluate(world, {
        caller: { kind: "outsider", arn },
        action: "sts:AssumeRole",
        resource: world.principals[0]?.arn ?? "",
      }).decision;
    expect(ask(SSO)).toBe("Allowed");
    expect(ask("arn:aws:iam::111122223333:role/other")).toBe("ImplicitlyDenied");
  });
});

describe("roles of CI", () => {
  const template = of({ ci });
  const github = "token.actions.githubusercontent.com";
  const ask = (id: string, host: string, keys: Record<string, string>): string => {
    const world = worldOf(template, id, []);
    return evaluate(world, {
      caller: { kind: "federated", provider: `arn:aws:iam::111122223333:oidc-provider/${host}` },
      action: "sts:AssumeRoleWithWebIdentity",
      resource: world.principals[0]?.arn ?? "",
      context: Object.fromEntries(
        Object.entries(keys).map(([key, value]) => [`${host}:${key}`, value]),
      ),
    }).decision;
  };
  const aud = "sts.amazonaws.com";

  test.each<[string, string, string, Record<string, string>, string]>([
    [
      "its environment",
      "github_apply",
      github,
      { aud, sub: "repo:acme/ingest:environment:production" },
      "Allowed",
    ],
    [
      "its branch",
      "github_plan",
      github,
      { aud, sub: "repo:acme/ingest:ref:refs/heads/main" },
      "Allowed",
    ],
    [
      "another repository",
      "github_apply",
      github,
      { aud, sub: "repo:acme/other:environment:production" },
      "ImplicitlyDenied",
    ],
    [
      "a fork",
      "github_plan",
      github,
      { aud, sub: "repo:mallory/ingest:ref:refs/heads/main" },
      "ImplicitlyDenied",
    ],
    [
      "a pull request",
      "github_plan",
      github,
      { aud, sub: "repo:acme/ingest:pull_request" },
      "ImplicitlyDenied",
    ],
    [
      "another branch",
      "github_plan",
      github,
      { aud, sub: "repo:acme/ingest:ref:refs/heads/mine" },
      "ImplicitlyDenied",
    ],
    [
      "a plan that wants to apply",
      "github_apply",
      github,
      { aud, sub: "repo:acme/ingest:ref:refs/heads/main" },
      "ImplicitlyDenied",
    ],
    [
      "an environment whose name begins alike",
      "github_apply",
      github,
      { aud, sub: "repo:acme/ingest:environment:production-2" },
      "ImplicitlyDenied",
    ],
    [
      "a repository whose name begins alike",
      "github_plan",
      github,
      { aud, sub: "repo:acme/ingest-2:ref:refs/heads/main" },
      "ImplicitlyDenied",
    ],
    [
      "no audience",
      "github_apply",
      github,
      { sub: "repo:acme/ingest:environment:production" },
      "ImplicitlyDenied",
    ],
    [
      "another audience",
      "github_apply",
      github,
      { aud: "x", sub: "repo:acme/ingest:environment:production" },
      "ImplicitlyDenied",
    ],
    ["no subject", "github_apply", github, { aud }, "ImplicitlyDenied"],
    [
      "GitLab, its branch",
      "gitlab_apply",
      "gitlab.com",
      {
        aud: "https://gitlab.com",
        sub: "project_path:acme/data/ingest:ref_type:branch:ref:release",
      },
      "Allowed",
    ],
    [
      "GitLab, a tag of that name",
      "gitlab_apply",
      "gitlab.com",
      { aud: "https://gitlab.com", sub: "project_path:acme/data/ingest:ref_type:tag:ref:release" },
      "ImplicitlyDenied",
    ],
    [
      "GitLab, another project",
      "gitlab_apply",
      "gitlab.com",
      { aud: "https://gitlab.com", sub: "project_path:acme/ingest:ref_type:branch:ref:release" },
      "ImplicitlyDenied",
    ],
  ])("%s", (_, id, host, keys, expected) => {
    expect(ask(id, host, keys)).toBe(expected);
  });

  test("a provider that the account has is not made again", () => {
    expect(Object.keys(template.resources("aws_iam_openid_connect_provider"))).toEqual(["github"]);
  });

  const policiesOf = (ability: string): PolicyDocument[] =>
    Object.entries(template.resources("aws_iam_policy"))
      .filter(([id]) => id.startsWith(`ci_${ability}`))
      .map(([id]) => template.policy("aws_iam_policy", id));

  test("each policy fits, and a role has no more of them than AWS takes", () => {
    for (const ability of ["plan", "apply"]) {
      const policies = policiesOf(ability);
      expect(policies.length).toBeGreaterThan(0);
      expect(policies.length).toBeLessThanOrEqual(10);
      for (const policy of policies)
        expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6144);
    }
  });

  test("who plans changes nothing; who applies may make roles with the boundary only", () => {
    const role = "arn:aws:iam::111122223333:role/acme/test/beta/acme--test--beta--x";
    const create = { action: "iam:CreateRole", resource: role };
    const boundary = namingOf(testEnvironment()).policyArn("bootstrap", "boundary");
    const tags = {
      "aws:RequestTag/partner-ingest:environment": "test",
      "aws:RequestTag/partner-ingest:owner": "beta",
    };
    const withBoundary = { ...create, context: { "iam:PermissionsBoundary": boundary, ...tags } };
    const plan = worldOf(template, "github_plan", policiesOf("plan"));
    const apply = worldOf(template, "github_apply", policiesOf("apply"));
    expect(decide(plan, withBoundary)).not.toBe("Allowed");
    expect(decide(apply, withBoundary)).toBe("Allowed");
    expect(decide(apply, create)).not.toBe("Allowed");
  });
});

test("without settings there is no role of people or CI", () => {
  expect(of({}).resources("aws_iam_role")).toEqual({});
});

test.each<[Partial<EnvironmentInput>, string]>([
  [
    { people: { viewer: { principals: ["*"] } } },
    `environments/test.people.viewer.principals[0] must be an account (12 digits) or the ARN of one role, arn:aws:iam::<account>:role/...; a wildcard would let others in`,
  ],
  [
    { ci: { github: { ...ci.github, repository: "acme/*" } } },
    "environments/test.ci.github.repository must be owner/name of one repository, without wildcards: a wildcard would let others in",
  ],
  [
    { ci: { gitlab: { ...ci.gitlab, apply: { branch: "*" } } } },
    "environments/test.ci.gitlab.apply.branch must be the name of one branch, without wildcards: a wildcard would let others in",
  ],
])("fails when a pattern would let others in: %#", (changes, message) => {
  expect(() => testEnvironment(changes)).toThrow(message);
});
