import { findAction } from "../catalog";
import { includes } from "../glob";
import type { PolicyDocument } from "../policy-document";
import type { ReportRole } from "./report-role";

/** Something that no role can do, checked over all grants. */
export interface Impossible {
  readonly say: string;
  readonly holds: boolean;
  /** What contradicts it: role, action and resource. */
  readonly against: readonly string[];
  /** How it is known: the policies as they are emitted were looked at. */
  readonly known: "modelled";
}

/** What a reviewer asks first, answered from the policies. Where it does not hold, what contradicts it is told. */
export function impossibles(
  roles: readonly ReportRole[],
  partners: readonly string[],
  boundary: PolicyDocument | undefined,
): readonly Impossible[] {
  const pairs = roles.flatMap((role) =>
    role.grants.flatMap((grant) =>
      grant.actions.flatMap((action) =>
        resourcesOf(grant.resources).map((resource) => ({ role, action, resource })),
      ),
    ),
  );
  const check = (
    say: string,
    contradicts: (pair: (typeof pairs)[number]) => boolean,
  ): Impossible => {
    const against = pairs
      .filter(contradicts)
      .map(({ role, action, resource }) => `${role.name}: ${action} on ${resource}`);
    return { say, holds: against.length === 0, against: [...new Set(against)], known: "modelled" };
  };
  return [
    check(
      "no role of a workload can change permissions: none has an action of IAM, or one that AWS counts as permissions management",
      ({ action }) =>
        /^(?:iam|sts|organizations):/u.test(action) ||
        findAction(action)?.level === "Permissions management",
    ),
    check(
      "no role of a workload can delete anything but messages that it took from a queue",
      ({ action }) => /:(?:Batch)?Delete/u.test(action) && action !== "sqs:DeleteMessage",
    ),
    check("no grant has a wildcard in an action", ({ action }) => /[*?]/u.test(action)),
    check(
      "no grant is on everything but those of actions that take no resource",
      ({ action, resource }) =>
        resource === "*" && (findAction(action)?.resourceTypes.length ?? 1) > 0,
    ),
    check(
      "no role of a partner names a thing of another partner",
      ({ role, resource }) =>
        partners.includes(role.owner) &&
        partners.some((other) => other !== role.owner && names(resource, other)),
    ),
    ...(boundary === undefined
      ? []
      : [
          check(
            "no grant goes beyond the permissions boundary",
            ({ action, resource }) =>
              resource !== "(known after apply)" && !within(boundary, action, resource),
          ),
        ]),
  ];
}

const resourcesOf = (resources: ReportRole["grants"][number]["resources"]): readonly string[] =>
  "any" in resources ? ["*"] : resources;

/** Names and paths hold their owner between delimiters. */
const names = (resource: string, owner: string): boolean =>
  resource.includes(`--${owner}--`) || resource.split(/[:/]/u).includes(owner);

function within({ Statement }: PolicyDocument, action: string, resource: string): boolean {
  return Statement.some(
    (one) =>
      one.Effect === "Allow" &&
      [one.Action].flat().some((pattern) => includes(pattern, action)) &&
      [one.Resource ?? []].flat().some((pattern) => includes(pattern, resource)),
  );
}
