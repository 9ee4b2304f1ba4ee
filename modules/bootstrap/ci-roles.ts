import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Construct } from "constructs";
import type { Environment } from "../config";
import type { CiSettings } from "../config/access";
import { type Naming, withLogicalId } from "../core";
import { policyJson } from "../iam";
import { oidcTrust } from "../iam/people";
import { type Bounded, deployersBoundary } from "./access-boundaries";
import { type Ability, attachPolicies, type DeployPolicies } from "./deploy-policies";

interface Provider {
  readonly name: "github" | "gitlab";
  readonly host: string;
  readonly audience: string;
  readonly create: boolean;
  readonly subjects: Readonly<Record<Ability, string>>;
}

/** Who in CI may deploy: an identity provider, a role that plans and one that applies, with the deployer's policies. */
export class CiRoles extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly naming: Naming,
    environment: Environment,
    deploy: DeployPolicies,
  ) {
    super(scope, id);
    const providers = ciProviders(environment.ci);
    if (providers.length === 0) return;
    const boundary = deployersBoundary(scope, naming, environment);
    for (const provider of providers) {
      const made = provider.create
        ? withLogicalId(
            new IamOpenidConnectProvider(this, provider.name, {
              url: `https://${provider.host}`,
              clientIdList: [provider.audience],
            }),
            provider.name,
          )
        : undefined;
      for (const ability of ["plan", "apply"] as const)
        attachPolicies(
          this,
          this.role(provider, ability, boundary, made),
          roleId(provider, ability),
          deploy.of(ability),
        );
    }
  }

  private role(
    provider: Provider,
    ability: Ability,
    boundary: Bounded,
    made: IamOpenidConnectProvider | undefined,
  ): IamRole {
    const thing = `${provider.name}-${ability}`;
    return withLogicalId(
      new IamRole(this, thing, {
        name: this.naming.name("role", "bootstrap", thing),
        path: this.naming.path("bootstrap"),
        description: `What ${provider.name} takes on to ${ability}`,
        assumeRolePolicy: policyJson(
          oidcTrust({
            providerArn: this.naming.globalArn("iam", `oidc-provider/${provider.host}`),
            host: provider.host,
            audience: provider.audience,
            subject: provider.subjects[ability],
          }),
        ),
        maxSessionDuration: 3600,
        permissionsBoundary: boundary.arn,
        dependsOn: [boundary.made, made].filter((one) => one !== undefined),
      }),
      roleId(provider, ability),
    );
  }
}

const roleId = ({ name }: Provider, ability: Ability): string => `${name}_${ability}`;

/** The identity providers of the settings, with the one subject for each role. */
export function ciProviders({ github, gitlab }: CiSettings): readonly Provider[] {
  return [
    ...(github === undefined
      ? []
      : [
          {
            name: "github" as const,
            host: "token.actions.githubusercontent.com",
            audience: "sts.amazonaws.com",
            create: github.provider === "create",
            subjects: {
              plan: githubSubject(github.repository, github.plan),
              apply: githubSubject(github.repository, github.apply),
            },
          },
        ]),
    ...(gitlab === undefined
      ? []
      : [
          {
            name: "gitlab" as const,
            host: gitlab.host,
            audience: `https://${gitlab.host}`,
            create: gitlab.provider === "create",
            subjects: {
              plan: gitlabSubject(gitlab.project, gitlab.plan.branch),
              apply: gitlabSubject(gitlab.project, gitlab.apply.branch),
            },
          },
        ]),
  ];
}

function githubSubject(
  repository: string,
  from: { readonly branch: string } | { readonly environment: string },
): string {
  return "branch" in from
    ? `repo:${repository}:ref:refs/heads/${from.branch}`
    : `repo:${repository}:environment:${from.environment}`;
}

const gitlabSubject = (project: string, branch: string): string =>
  `project_path:${project}:ref_type:branch:ref:${branch}`;
