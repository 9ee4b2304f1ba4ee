import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import type { Environment } from "../config";
import type { CiSettings } from "../config/access";
import { type Naming, ValidationError, withLogicalId } from "../core";
import { type PolicyDocument, policyJson } from "../iam";
import { type DeployerPhase, deployerPolicies } from "../iam/deployer";
import { oidcTrust } from "../iam/people";

/** Managed policies that a role may have. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const ATTACHED_MAX = 10;

const PHASES = {
  plan: ["plan"],
  apply: ["plan", "apply", "update"],
} as const satisfies Readonly<Record<string, readonly DeployerPhase[]>>;

type Ability = keyof typeof PHASES;

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
    readonly environment: Environment,
    settings: CiSettings,
  ) {
    super(scope, id);
    const providers = ciProviders(settings);
    if (providers.length === 0) return;
    const policies = {
      plan: this.managed("plan"),
      apply: this.managed("apply"),
    };
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
        this.role(provider, ability, policies[ability], made);
    }
  }

  private managed(ability: Ability): readonly { readonly arn: string; readonly made: IamPolicy }[] {
    const documents = this.documents(ability);
    if (documents.length > ATTACHED_MAX)
      throw new ValidationError(
        `ci: the permissions to ${ability} fill ${String(documents.length)} managed policies, AWS attaches ${String(ATTACHED_MAX)} to a role; use fewer pools or shorter names`,
        this,
      );
    return documents.map((document, index) => {
      const thing = `ci-${ability}-${String(index + 1)}`;
      return {
        arn: this.naming.policyArn("bootstrap", thing),
        made: withLogicalId(
          new IamPolicy(this, thing, {
            name: this.naming.name("policy", "bootstrap", thing),
            path: this.naming.path("bootstrap"),
            description: `What CI needs to ${ability} the platform and its partners`,
            policy: policyJson(document),
          }),
          thing.replaceAll("-", "_"),
        ),
      };
    });
  }

  private documents(ability: Ability): readonly PolicyDocument[] {
    const { environment } = this;
    const phases = PHASES[ability];
    return [
      ...deployerPolicies({ environment, kind: "platform", owner: "platform", phases }).documents,
      ...deployerPolicies({ environment, kind: "partner", owner: "*", phases }).documents,
    ];
  }

  private role(
    provider: Provider,
    ability: Ability,
    policies: ReturnType<CiRoles["managed"]>,
    made: IamOpenidConnectProvider | undefined,
  ): void {
    const thing = `${provider.name}-${ability}`;
    const logicalId = thing.replaceAll("-", "_");
    const name = this.naming.name("role", "bootstrap", thing);
    const role = withLogicalId(
      new IamRole(this, thing, {
        name,
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
        ...(made === undefined ? {} : { dependsOn: [made] }),
      }),
      logicalId,
    );
    policies.forEach((policy, index) =>
      withLogicalId(
        new IamRolePolicyAttachment(this, `${thing}-${String(index + 1)}`, {
          role: name,
          policyArn: policy.arn,
          dependsOn: [role, policy.made],
        }),
        `${logicalId}_${String(index + 1)}`,
      ),
    );
  }
}

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
