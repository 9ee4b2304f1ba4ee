import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import type { Environment } from "../config";
import { type Naming, ValidationError, withLogicalId } from "../core";
import { policyJson } from "../iam";
import { type DeployerPhase, environmentPolicies } from "../iam/deployer";
import { POLICY_LIMITS } from "../iam/lint";

/** What a role that deploys is for. */
export const ABILITIES = {
  plan: ["plan"],
  apply: ["plan", "apply", "update"],
} as const satisfies Readonly<Record<string, readonly DeployerPhase[]>>;

/** One of {@link ABILITIES}. */
export type Ability = keyof typeof ABILITIES;

/** A managed policy of the stack, with its ARN, which is known at plan time. */
export interface ManagedPolicy {
  readonly arn: string;
  readonly made: IamPolicy;
}

/** The managed policies of those who deploy, each made once, when the first role asks for it. */
export class DeployPolicies extends Construct {
  private readonly made = new Map<Ability, readonly ManagedPolicy[]>();

  constructor(
    scope: Construct,
    id: string,
    readonly naming: Naming,
    readonly environment: Environment,
  ) {
    super(scope, id);
  }

  /** The policies of an ability. */
  of(ability: Ability): readonly ManagedPolicy[] {
    const known = this.made.get(ability) ?? this.make(ability);
    this.made.set(ability, known);
    return known;
  }

  private make(ability: Ability): readonly ManagedPolicy[] {
    const { naming, environment } = this;
    const { documents } = environmentPolicies(environment, ABILITIES[ability]);
    if (documents.length > POLICY_LIMITS.managedPerRole)
      throw new ValidationError(
        `ci: the permissions to ${ability} fill ${String(documents.length)} managed policies, AWS attaches ${String(POLICY_LIMITS.managedPerRole)} to a role; use fewer pools or shorter names`,
        this,
      );
    return documents.map((document, index) => {
      const thing = `ci-${ability}-${String(index + 1)}`;
      return {
        arn: naming.policyArn("bootstrap", thing),
        made: withLogicalId(
          new IamPolicy(this, thing, {
            name: naming.name("policy", "bootstrap", thing),
            path: naming.path("bootstrap"),
            description: `What CI needs to ${ability} the platform and its partners`,
            policy: policyJson(document),
          }),
          thing.replaceAll("-", "_"),
        ),
      };
    });
  }
}

/** Attaches policies to a role that is known by its logical id. */
export function attachPolicies(
  scope: Construct,
  role: IamRole,
  logicalId: string,
  policies: readonly ManagedPolicy[],
): void {
  policies.forEach(({ arn, made }, index) =>
    withLogicalId(
      new IamRolePolicyAttachment(scope, `${logicalId}-${String(index + 1)}`, {
        role: role.nameInput ?? role.name,
        policyArn: arn,
        dependsOn: [role, made],
      }),
      `${logicalId}_${String(index + 1)}`,
    ),
  );
}
