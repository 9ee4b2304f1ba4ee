import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { type Naming, snakeCase, ValidationError } from "../core";
import type { Grant } from "./grant";
import { policyDocument, policyJson } from "./policy-document";
import { type TrustedService, trustPolicy } from "./trust";

/** Props of {@link WorkloadRole}. */
export interface WorkloadRoleProps {
  readonly naming: Naming;
  /** Partner id, `platform` or `bootstrap`: path and name. */
  readonly owner: string;
  /** Last part of the name, e.g. `job-fetch`. */
  readonly thing: string;
  readonly trust: TrustedService;
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

/** Characters of all inline policies of a role. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const INLINE_POLICIES_MAX = 10_240;

/**
 * A role of a workload: path, boundary, trust with confused-deputy conditions, and one inline policy of its grants.
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
    this.checkSize([grants, ...opaqueGrants.map((grant) => [grant])]);
    this.roleName = naming.name("role", owner, thing);
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

  private checkSize(policies: readonly (readonly Grant[])[]): void {
    const size = policies.reduce((sum, one) => sum + policyJson(policyDocument(one)).length, 0);
    if (size > INLINE_POLICIES_MAX)
      throw new ValidationError(
        `the policies of role ${this.props.thing} of ${this.props.owner} have ${String(size)} characters, AWS takes ${String(INLINE_POLICIES_MAX)} for a role; use fewer steps, pools or buckets, or shorter names`,
        this,
      );
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
