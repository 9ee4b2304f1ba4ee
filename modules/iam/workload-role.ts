import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { ConfigError, type Naming, snakeCase } from "../core";
import type { Grant } from "./grant";
import { checkGrants } from "./lint";
import { policyDocument, policyJson } from "./policy-document";
import { type TrustedPrincipals, type TrustedService, trustPolicy } from "./trust";

/** Props of {@link WorkloadRole}. */
export interface WorkloadRoleProps {
  readonly naming: Naming;
  /** Partner id, `platform` or `bootstrap`: path and name. */
  readonly owner: string;
  /** Last part of the name, e.g. `job-fetch`. */
  readonly thing: string;
  readonly trust: TrustedService | TrustedPrincipals;
  /** Permissions whose policy is known at plan time. */
  readonly grants: readonly Grant[];
  /** Permissions on resources with opaque ids, each an inline policy of its own: the policy document is only known after apply. */
  readonly opaqueGrants?: readonly Grant[];
  /** ARN of the permissions boundary. */
  readonly boundaryArn: string;
  /** What the role is for, for people. */
  readonly description: string;
  readonly logicalId: string;
}

/**
 * A role of a workload: path, boundary, trust with confused-deputy conditions, and one inline policy of its grants. Grants that
 * could not work, or that AWS would not take, are an error.
 * Creates `aws_iam_role` and `aws_iam_role_policy`.
 */
export class WorkloadRole extends Construct {
  readonly role: IamRole;
  /** Literal, known at plan time. */
  readonly arn: string;
  readonly roleName: string;
  /** Everything that whoever uses the role must wait for. */
  readonly policies: readonly IamRolePolicy[];

  constructor(
    scope: Construct,
    id: string,
    readonly props: WorkloadRoleProps,
  ) {
    super(scope, id);
    const { naming, owner, thing, logicalId, grants, opaqueGrants = [] } = props;
    this.roleName = naming.name("role", owner, thing);
    const faults = checkGrants(this.roleName, grants, opaqueGrants);
    if (faults.length > 0) throw new ConfigError(faults.map(({ message }) => message));
    this.arn = naming.roleArn(owner, thing);
    this.role = new IamRole(this, "Role", {
      name: this.roleName,
      path: naming.path(owner),
      description: props.description,
      assumeRolePolicy: policyJson(trustPolicy(naming, props.trust)),
      permissionsBoundary: props.boundaryArn,
      maxSessionDuration: 3600,
    });
    this.role.overrideLogicalId(logicalId);
    this.policies = [
      ...(grants.length > 0 ? [this.inline("Policy", "grants", logicalId, grants)] : []),
      ...opaqueGrants.map((grant) =>
        this.inline(`${grant.id}Policy`, grant.id, `${logicalId}_${snakeCase(grant.id)}`, [grant]),
      ),
    ];
  }

  private inline(
    id: string,
    name: string,
    logicalId: string,
    grants: readonly Grant[],
  ): IamRolePolicy {
    const policy = new IamRolePolicy(this, id, {
      name,
      // The name, not the attribute: the policy's plan does not wait for the role.
      role: this.roleName,
      policy: policyJson(policyDocument(grants)),
      dependsOn: [this.role],
    });
    policy.overrideLogicalId(logicalId);
    return policy;
  }
}
