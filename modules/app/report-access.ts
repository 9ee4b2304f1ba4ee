import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { IConstruct } from "constructs";
import type { Environment } from "../config";
import type { PolicyDocument } from "../iam";
import { environmentPolicies } from "../iam/deployer";
import { peopleGrants } from "../iam/people";
import type { Ability } from "../iam/proof";
import type { DeployedService, NamedDocument, ReportAccess } from "../iam/report";
import { namingOf } from "../stack";
import { accessRoles } from "./access-roles";

const PURPOSES: Readonly<Record<Ability, string>> = {
  viewer: "For people who look",
  onCall: "For people who are called at night",
  breakGlass: "For when nothing else helps; the alerts topic is told of each use",
  plan: "For CI, to plan",
  apply: "For CI, to apply",
};

/** The roles of people and CI as the stacks make them, with the reasons of what they may do. */
export function reportAccess(
  environment: Environment,
  stacks: readonly IConstruct[],
): {
  readonly access: readonly ReportAccess[];
  readonly accessBoundaries: readonly NamedDocument[];
} {
  const all = stacks.flatMap((stack) => stack.node.findAll());
  const roles = all.filter((one) => one instanceof IamRole);
  const policies = new Map(
    all
      .filter((one) => one instanceof IamPolicy)
      .map((one) => [one.nameInput ?? "", parsed(one.policyInput)]),
  );
  const naming = namingOf(environment);
  const access = accessRoles(environment).flatMap((asked): ReportAccess[] => {
    const role = roles.find(({ nameInput }) => nameInput === asked.name);
    if (role === undefined) return [];
    const { ability, places } = asked;
    return [
      {
        name: asked.name,
        arn: asked.arn,
        purpose: PURPOSES[ability],
        boundaryArn: role.permissionsBoundaryInput ?? "",
        trust: parsed(role.assumeRolePolicyInput),
        sessionSeconds: role.maxSessionDurationInput ?? 3600,
        grants:
          ability === "plan" || ability === "apply" ? [] : peopleGrants(naming, ability, places),
        deploys: deployed(environment, ability),
        inline: all
          .filter((one) => one instanceof IamRolePolicy)
          .filter(({ roleInput }) => roleInput === asked.name)
          .map(({ policyInput }) => parsed(policyInput)),
        managed: all
          .filter((one) => one instanceof IamRolePolicyAttachment)
          .filter(({ roleInput }) => roleInput === asked.name)
          .flatMap(({ policyArnInput }) => {
            const name = policyArnInput?.split("/").pop() ?? "";
            const document = policies.get(name);
            return document === undefined ? [] : [{ name, document }];
          }),
      },
    ];
  });
  const bounds = new Set(access.map(({ boundaryArn }) => boundaryArn.split("/").pop() ?? ""));
  return {
    access,
    accessBoundaries: [...policies].flatMap(([name, document]) =>
      bounds.has(name) ? [{ name, document }] : [],
    ),
  };
}

const parsed = (text: string | undefined): PolicyDocument =>
  JSON.parse(text ?? '{"Version":"2012-10-17","Statement":[]}') as PolicyDocument;

const STEPS = ["read", "create", "update", "delete"] as const;

/** What a deployment calls, by service: each action with the types of resources that need it. */
function deployed(environment: Environment, ability: Ability): DeployedService[] {
  if (ability === "viewer" || ability === "onCall") return [];
  const phases = ability === "plan" ? (["plan"] as const) : (["plan", "apply", "update"] as const);
  const { needs } = environmentPolicies(environment, phases);
  const services = [...new Set(needs.map(({ action }) => action.split(":")[0] ?? ""))].sort();
  return services.map((service) => {
    const own = needs.filter(({ action }) => action.startsWith(`${service}:`));
    return {
      service,
      actions: new Set(own.map(({ action }) => action)).size,
      types: [...new Set(own.map(({ type }) => type))].sort(),
      steps: STEPS.filter((step) => own.some((need) => need.step === step)),
    };
  });
}
