import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { Grant } from "../grant";
import { type PolicyDocument, policyDocument } from "../policy-document";
import { trustPolicy } from "../trust";
import { WorkloadRole } from "../workload-role";

/** A role as the request for permissions tells it. */
export interface ReportRole {
  readonly name: string;
  readonly arn: string;
  /** Partner id, `platform` or `bootstrap`. */
  readonly owner: string;
  readonly purpose: string;
  readonly boundaryArn: string;
  readonly trust: PolicyDocument;
  readonly grants: readonly Grant[];
  /** Policies to paste, in the order in which they are attached. */
  readonly policies: readonly PolicyDocument[];
}

/** Text in the place of an id that AWS makes up. */
export const LATER = "(known after apply)";

/** The roles below a construct, with the reasons that their grants carry. */
export function reportRoles(scope: IConstruct, owner: string): ReportRole[] {
  return scope.node
    .findAll()
    .flatMap((construct) =>
      construct instanceof WorkloadRole ? [reportRole(construct, owner)] : [],
    );
}

function reportRole({ roleName, arn, props }: WorkloadRole, owner: string): ReportRole {
  const opaque = props.opaqueGrants ?? [];
  const known = (grants: readonly Grant[]): readonly Grant[] => grants.map(withoutTokens);
  return {
    name: roleName,
    arn,
    owner,
    purpose: props.description,
    boundaryArn: props.boundaryArn,
    trust: trustPolicy(props.naming, props.trust),
    grants: known([...props.grants, ...opaque]),
    policies: [
      ...(props.grants.length > 0 ? [policyDocument(known(props.grants))] : []),
      ...opaque.map((grant) => policyDocument(known([grant]))),
    ],
  };
}

function withoutTokens(grant: Grant): Grant {
  const told = (text: string): string => (Token.isUnresolved(text) ? LATER : text);
  return {
    ...grant,
    resources: "any" in grant.resources ? grant.resources : grant.resources.map(told),
    ...(grant.conditions === undefined
      ? {}
      : { conditions: grant.conditions.map((one) => ({ ...one, values: one.values.map(told) })) }),
  };
}
