import { BootstrapStack } from "../../../modules/bootstrap";
import { ABILITIES, type Ability } from "../../../modules/bootstrap/deploy-policies";
import type { PolicyDocument, Statement } from "../../../modules/iam";
import { deployerPolicies } from "../../../modules/iam/deployer";
import { namingOf } from "../../../modules/stack";
import { testEnvironment } from "../../support/environment";
import { Template } from "../../support/template";

const environment = testEnvironment({
  ci: {
    github: {
      repository: "acme/ingest",
      plan: { branch: "main" },
      apply: { environment: "production" },
    },
    gitlab: {
      project: "acme/data/ingest",
      plan: { branch: "main" },
      apply: { branch: "release" },
    },
  },
});
const template = Template.of((app) => new BootstrapStack(app, environment));
const policies = template.resources("aws_iam_policy");

/** One line for each action on each thing, however statements are grouped, named and split. */
function lines(documents: readonly PolicyDocument[], effect: Statement["Effect"]): string[] {
  const all = documents.flatMap(({ Statement }) =>
    Statement.filter(({ Effect }) => Effect === effect).flatMap(
      ({ Action, Resource, Condition = {} }) =>
        [Action]
          .flat()
          .flatMap((action) =>
            [Resource]
              .flat()
              .map(
                (resource) => `${action} on ${String(resource)} if ${JSON.stringify(Condition)}`,
              ),
          ),
    ),
  );
  return [...new Set(all)].sort();
}

/** What a role is attached, by the ARNs that it is attached by. */
function attachedTo(id: string): PolicyDocument[] {
  const role = template.resource("aws_iam_role", id)["name"];
  const arns = Object.values(template.resources("aws_iam_role_policy_attachment"))
    .filter((attachment) => attachment["role"] === role)
    .map((attachment) => attachment["policy_arn"]);
  return arns.map((arn) => {
    const made = Object.keys(policies).find(
      (key) => namingOf(environment).policyArn("bootstrap", key.replaceAll("_", "-")) === arn,
    );
    if (made === undefined) throw new Error(`${String(arn)} is attached and not made`);
    return template.policy("aws_iam_policy", made);
  });
}

/** What `iam deployer` writes for the platform and for all partners. */
const written = (ability: Ability): PolicyDocument[] =>
  (
    [
      ["platform", "platform"],
      ["partner", "*"],
    ] as const
  ).flatMap(([kind, owner]) => [
    ...deployerPolicies({ environment, kind, owner, phases: ABILITIES[ability] }).documents,
  ]);

describe.each<[string, Ability]>([
  ["github_plan", "plan"],
  ["github_apply", "apply"],
  ["gitlab_plan", "plan"],
  ["gitlab_apply", "apply"],
])("%s", (id, ability) => {
  test("may do exactly what the deployer's policies for the platform and all partners allow", () => {
    expect(lines(attachedTo(id), "Allow")).toEqual(lines(written(ability), "Allow"));
  });

  test("is denied what they deny, but for the platform, which it deploys itself", () => {
    const denied = lines(attachedTo(id), "Deny");
    const theirs = lines(written(ability), "Deny");
    expect(denied.filter((line) => !theirs.includes(line))).toEqual([]);
    const { prefix, id: environmentId } = environment;
    const platforms = [
      `${prefix}--${environmentId}--platform--`,
      `/${environmentId}/platform/`,
      `/${environmentId}--platform.tfstate`,
    ];
    const missing = theirs.filter((line) => !denied.includes(line));
    expect(missing.filter((line) => !platforms.some((name) => line.includes(name)))).toEqual([]);
    expect(missing.length).toBeGreaterThan(0);
  });

  test("has no policy of its own beside them", () => {
    expect(template.resources("aws_iam_role_policy")).toEqual({});
    expect(template.resource("aws_iam_role", id)["inline_policy"]).toBeUndefined();
    expect(template.resource("aws_iam_role", id)["managed_policy_arns"]).toBeUndefined();
  });
});
