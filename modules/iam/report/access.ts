import { findAction } from "../catalog";
import type { Grant } from "../grant";
import type { PolicyDocument } from "../policy-document";

/** A managed policy, or a boundary, with its name. */
export interface NamedDocument {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** What a role deploys, in one service. */
export interface DeployedService {
  readonly service: string;
  readonly actions: number;
  /** Terraform's types of resources that need them, and the steps of their lives. */
  readonly types: readonly string[];
  readonly steps: readonly string[];
}

/** A role of people or of CI as the request for permissions tells it. */
export interface ReportAccess {
  readonly name: string;
  readonly arn: string;
  readonly purpose: string;
  readonly boundaryArn: string;
  readonly trust: PolicyDocument;
  /** Longest session. */
  readonly sessionSeconds: number;
  /** What people do; none for CI. */
  readonly grants: readonly Grant[];
  /** What is deployed; none for who only looks and operates. */
  readonly deploys: readonly DeployedService[];
  readonly inline: readonly PolicyDocument[];
  readonly managed: readonly NamedDocument[];
}

/** All policies of a role. */
export const documentsOf = ({ inline, managed }: ReportAccess): readonly PolicyDocument[] => [
  ...inline,
  ...managed.map(({ document }) => document),
];

/** A `*` as the resource of a statement, with why there is nothing narrower. */
export interface AccessWildcard {
  readonly role: string;
  readonly actions: readonly string[];
  readonly reason: "no-resource-types" | "id-not-known";
  readonly conditions: readonly string[];
}

/** Each `*` in what the roles are allowed; the catalog tells which actions take no resource. */
export function accessWildcards(access: readonly ReportAccess[]): AccessWildcard[] {
  return access.flatMap((role) =>
    documentsOf(role)
      .flatMap(({ Statement }) => Statement)
      .filter(({ Effect, Resource = [] }) => Effect === "Allow" && [Resource].flat().includes("*"))
      .flatMap(({ Action, Condition = {} }) => {
        const conditions = Object.values(Condition).flatMap((block) => Object.keys(block));
        return (["no-resource-types", "id-not-known"] as const).flatMap((reason) => {
          const actions = [Action].flat().filter((action) => reasonOf(action) === reason);
          return actions.length === 0 ? [] : [{ role: role.name, actions, reason, conditions }];
        });
      }),
  );
}

const reasonOf = (action: string): AccessWildcard["reason"] =>
  findAction(action)?.resourceTypes.length === 0 ? "no-resource-types" : "id-not-known";
