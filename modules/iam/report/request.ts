import { createHash } from "node:crypto";
import { CATALOG_VERSION } from "../catalog";
import type { Grant } from "../grant";
import { POLICY_LIMITS, policySize } from "../lint";
import type { PolicyDocument } from "../policy-document";
import { accessWildcards, documentsOf, type NamedDocument, type ReportAccess } from "./access";
import { type Impossible, impossibles } from "./limits";
import type { ReportRole } from "./report-role";

/** What the request for permissions is made of. */
export interface RequestInput {
  readonly environment: { readonly id: string; readonly account: string; readonly region: string };
  readonly providerVersion: string;
  readonly roles: readonly ReportRole[];
  readonly partners: readonly { readonly id: string; readonly company: string }[];
  readonly hosts: readonly SharedHosts[];
  readonly serviceLinkedRoles: readonly string[];
  /** Missing where the organisation gives its own. */
  readonly boundary?: PolicyDocument;
  /** Roles of people and CI. */
  readonly access: readonly ReportAccess[];
  /** Boundaries of these; missing are those that the organisation gives. */
  readonly accessBoundaries: readonly NamedDocument[];
}

/** Who runs on the hosts of a pool. */
export interface SharedHosts {
  readonly pool: string;
  readonly kind: string;
  /** The partner that the pool is kept for. */
  readonly only?: string | undefined;
  readonly partners: readonly string[];
  /** Why a partner's own code may run beside others, from its settings. */
  readonly reasons: readonly {
    readonly partner: string;
    readonly step: string;
    readonly reason: string;
  }[];
}

/** The request for permissions, as data. */
export interface PermissionRequest extends RequestInput {
  readonly catalog: typeof CATALOG_VERSION;
  readonly impossible: readonly Impossible[];
  readonly wildcards: readonly Wildcard[];
  readonly crossPartner: readonly { readonly role: string; readonly grants: readonly string[] }[];
  readonly sizes: readonly Size[];
  /** SHA-256 of all policies, trust policies and the boundary: what was reviewed. */
  readonly digest: string;
}

/** A `*` as the resource. */
export interface Wildcard {
  readonly role: string;
  readonly actions: readonly string[];
  readonly reason: "no-resource-types" | "id-not-known";
  readonly conditions: readonly string[];
}

/** How long something is, and how long AWS lets it be. */
export interface Size {
  readonly of: string;
  readonly characters: number;
  readonly limit: number;
}

/** Makes the request of an environment. */
export function permissionRequest(input: RequestInput): PermissionRequest {
  const { roles, partners, boundary } = input;
  return {
    ...input,
    catalog: CATALOG_VERSION,
    impossible: impossibles(
      roles,
      partners.map(({ id }) => id),
      boundary,
    ),
    wildcards: [...wildcards(roles), ...accessWildcards(input.access)],
    crossPartner: crossPartner(roles),
    sizes: sizes(input),
    digest: digestOf(input),
  };
}

function wildcards(roles: readonly ReportRole[]): Wildcard[] {
  return roles.flatMap(({ name, grants }) =>
    grants.flatMap(({ resources, actions, conditions = [] }): Wildcard[] =>
      "any" in resources
        ? [
            {
              role: name,
              actions,
              reason: resources.reason,
              conditions: conditions.map(({ key }) => key),
            },
          ]
        : [],
    ),
  );
}

/** Managed policies of people and CI, each once. */
export function managedOf({ access }: Pick<RequestInput, "access">): NamedDocument[] {
  const all = access.flatMap(({ managed }) => managed);
  return [...new Map(all.map((one) => [one.name, one])).values()];
}

/** Roles of the platform reach what all partners have in common. */
function crossPartner(roles: readonly ReportRole[]): PermissionRequest["crossPartner"] {
  return roles
    .filter(({ owner, grants }) => owner === "platform" && grants.some(reachesPartners))
    .map(({ name, grants }) => ({
      role: name,
      grants: grants.filter(reachesPartners).map(({ why }) => why),
    }));
}

const reachesPartners = ({ resources }: Grant): boolean =>
  !("any" in resources) && resources.some((arn) => /--\*--|--\*$|\/\*\//u.test(arn));

function sizes({ roles, boundary, access, accessBoundaries }: RequestInput): Size[] {
  return [
    ...(boundary === undefined
      ? []
      : [{ of: "boundary", characters: policySize(boundary), limit: POLICY_LIMITS.managed }]),
    ...roles.flatMap(({ name, policies, trust }) => [
      {
        of: `${name}: all inline policies`,
        characters: policies.reduce((sum, one) => sum + policySize(one), 0),
        limit: POLICY_LIMITS.inline,
      },
      { of: `${name}: trust policy`, characters: policySize(trust), limit: POLICY_LIMITS.trust },
    ]),
    ...[...accessBoundaries, ...managedOf({ access })].map(({ name, document }) => ({
      of: name,
      characters: policySize(document),
      limit: POLICY_LIMITS.managed,
    })),
    ...access.flatMap(({ name, inline, trust }) => [
      {
        of: `${name}: all inline policies`,
        characters: inline.reduce((sum, one) => sum + policySize(one), 0),
        limit: POLICY_LIMITS.inline,
      },
      { of: `${name}: trust policy`, characters: policySize(trust), limit: POLICY_LIMITS.trust },
    ]),
  ];
}

function digestOf({ roles, boundary, access, accessBoundaries }: RequestInput): string {
  const reviewed = roles
    .map(({ name, trust, policies, boundaryArn }) => ({ name, trust, policies, boundaryArn }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const people = access
    .map((role) => ({
      name: role.name,
      trust: role.trust,
      policies: documentsOf(role),
      boundaryArn: role.boundaryArn,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify({ reviewed, boundary, people, accessBoundaries }))
    .digest("hex");
}
