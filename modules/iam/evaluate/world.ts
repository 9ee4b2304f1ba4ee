import type { PolicyDocument } from "../policy-document";

/**
 * Everything that decides about a request: the roles with their policies, the policies of resources, and what an
 * organisation puts above. Literal: nothing in it is known only after apply.
 */
export interface World {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly principals: readonly Principal[];
  readonly resources: readonly WorldResource[];
  /** Policies of resources, by the ARN of what they are attached to. Trust policies stand with their roles. */
  readonly resourcePolicies: Readonly<Record<string, PolicyDocument>>;
  /** Policies of VPC endpoints, by the name that requests give. */
  readonly endpointPolicies?: Readonly<Record<string, PolicyDocument>>;
  /** Service control policies of each level, from the root of the organisation down to the account. */
  readonly serviceControlPolicies?: readonly (readonly NamedPolicy[])[];
}

/** A role. */
export interface Principal {
  readonly arn: string;
  readonly name: string;
  /** Whom it belongs to: a partner, `platform` or `bootstrap`. */
  readonly owner: string;
  readonly trust: PolicyDocument;
  readonly policies: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
}

/** A policy document with the name that it is told by. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** A thing in AWS. */
export interface WorldResource {
  readonly arn: string;
  /** Terraform's word, e.g. `aws_s3_bucket`. */
  readonly type: string;
  readonly owner: string;
  /**
   * For ARNs without an account.
   * @default - the world's
   */
  readonly account?: string;
}

/** Who calls. */
export type Caller =
  /** A role of the world. */
  | { readonly kind: "role"; readonly arn: string }
  /**
   * A role that is not in the world, of this account or another. What its own policies say is not known, so it is taken
   * that they allow everything.
   */
  | { readonly kind: "outsider"; readonly arn: string }
  /** An AWS service, e.g. `events.amazonaws.com`. */
  | { readonly kind: "service"; readonly service: string }
  /** An identity of an identity provider. */
  | { readonly kind: "federated"; readonly provider: string }
  | { readonly kind: "anonymous" };

/** One call of one action on one resource. */
export interface IamRequest {
  readonly caller: Caller;
  readonly action: string;
  /** ARN, or `*` for an action without resource types. */
  readonly resource: string;
  /** Condition keys that the request has, besides those that follow from caller and resource. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** The VPC endpoint that the request goes through. */
  readonly endpoint?: string;
}

/** Where a statement stands. */
export interface StatementRef {
  readonly layer: Layer;
  /** Name of the policy, or ARN of the resource that it is attached to. */
  readonly policy: string;
  /** Its Sid, or its place, counted from 1: `#2`. */
  readonly statement: string;
}

/** Kinds of policies, each of which has its say. */
export type Layer = "identity" | "boundary" | "resource" | "trust" | "endpoint" | "organisation";

/** What becomes of a request. */
export interface Decision {
  readonly decision: "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied";
  /** The statements that allow or deny it. */
  readonly by: readonly StatementRef[];
  /** For a request that nobody denies: the first layer that does not allow it. */
  readonly lacks?: Layer;
  /** Layers that belong to others and are not known, so that they are taken to allow everything. */
  readonly assumed?: readonly Layer[];
}
