import { type ActionInfo, findAction, type ResourceTypeInfo } from "../catalog";
import { arnCanBe, arnSegments } from "../glob";
import type { Grant } from "../grant";
import { type GrantFault, quotedList, sayFault } from "./fault";

/** What is wrong with the resources of a grant. */
export function resourceFaults(
  role: string,
  grant: Grant,
  actions: readonly ActionInfo[],
): GrantFault[] {
  const { resources } = grant;
  if ("any" in resources) return reasonFaults(role, grant, actions, resources.reason);
  if (resources.length === 0)
    return [
      sayFault(role, grant, "no-resources", {
        what: "names no resource",
        todo: "name what it is about, or leave the grant out",
      }),
    ];
  const arns = resources.filter((arn) => arnSegments(arn) !== undefined || isUnknown(arn));
  return [
    ...resources.filter((arn) => !arns.includes(arn)).map((arn) => noArn(role, grant, arn)),
    ...deadResources(role, grant, actions, arns),
    ...deadActions(role, grant, actions, arns),
  ];
}

/** `*` needs a reason that holds. */
function reasonFaults(
  role: string,
  grant: Grant,
  actions: readonly ActionInfo[],
  reason: "no-resource-types" | "id-not-known",
): GrantFault[] {
  const fault = (what: string, todo: string): GrantFault =>
    sayFault(role, grant, "reason", { what, todo });
  if (reason === "id-not-known")
    return (grant.conditions ?? []).length > 0
      ? []
      : [
          fault(
            "allows all resources, for their ids are not known, without a condition",
            "limit it by a condition, e.g. on aws:ResourceTag or aws:RequestTag",
          ),
        ];
  const scoped = actions.filter(({ resourceTypes }) => resourceTypes.length > 0);
  return scoped.map(({ name, resourceTypes }) =>
    fault(
      `allows ${JSON.stringify(name)} on all resources, for it were to take none, but it takes ${typeNames(resourceTypes)}`,
      "name the resources",
    ),
  );
}

function noArn(role: string, grant: Grant, arn: string): GrantFault {
  return sayFault(role, grant, "resource", {
    what: `has the resource ${JSON.stringify(arn)}, which is no ARN`,
    todo: 'name an ARN, or say { any: true, reason: "no-resource-types" } where the actions take none',
  });
}

/** Resources that none of the actions can be about: the permission is none, as written. */
function deadResources(
  role: string,
  grant: Grant,
  actions: readonly ActionInfo[],
  arns: readonly string[],
): GrantFault[] {
  const types = actions.flatMap(({ resourceTypes }) => resourceTypes);
  if (actions.length < grant.actions.length || types.length === 0) return [];
  return arns
    .filter((arn) => !types.some((type) => fits(arn, type)))
    .map((arn) =>
      sayFault(role, grant, "dead-resource", {
        what: `has the resource ${JSON.stringify(arn)}, which can never be one of ${quotedList(grant.actions)}: they take ${formats(types)}`,
        todo: "mend the ARN or take it out",
      }),
    );
}

/** Actions that none of the resources can be about. */
function deadActions(
  role: string,
  grant: Grant,
  actions: readonly ActionInfo[],
  arns: readonly string[],
): GrantFault[] {
  if (arns.length === 0) return [];
  return actions
    .filter(
      ({ resourceTypes }) => !resourceTypes.some((type) => arns.some((arn) => fits(arn, type))),
    )
    .map(({ name, resourceTypes }) =>
      resourceTypes.length === 0
        ? sayFault(role, grant, "dead-action", {
            what: `allows ${JSON.stringify(name)} on ${quotedList(arns)}, but the action takes no resource and AWS asks for it by "*" alone`,
            todo: 'give it a grant of its own with { any: true, reason: "no-resource-types" }',
          })
        : sayFault(role, grant, "dead-action", {
            what: `allows ${JSON.stringify(name)} on ${quotedList(arns)}, none of which it takes: it takes ${formats(resourceTypes)}`,
            todo: "name a resource that it takes, or take the action out",
          }),
    );
}

/** A request names a resource of each required type, and each must be allowed; other grants of the role may do that. */
export function missingTypeFaults(role: string, grants: readonly Grant[]): GrantFault[] {
  const names = [...new Set(grants.flatMap(({ actions }) => actions))];
  return names.flatMap((name) => {
    const info = findAction(name);
    const holders = grants.filter(({ actions }) => actions.includes(name));
    const [first] = holders;
    const arns = holders.flatMap(({ resources }) => ("any" in resources ? ["*"] : resources));
    if (info === undefined || first === undefined) return [];
    const present = info.resourceTypes.some((type) => arns.some((arn) => fits(arn, type)));
    const missing = info.resourceTypes.filter(
      (type) => type.required && !arns.some((arn) => fits(arn, type)),
    );
    // Where no type is there at all, that is told already.
    if (!present || missing.length === 0) return [];
    return [
      sayFault(role, first, "missing-resource-type", {
        what: `allows ${JSON.stringify(name)} without a resource of the type ${typeNames(missing)}, which every request of it names too`,
        todo: `add ${formats(missing)}`,
      }),
    ];
  });
}

const fits = (arn: string, { segments }: ResourceTypeInfo): boolean =>
  isUnknown(arn) || arnCanBe(arn, segments);

/** Known only after apply: nothing can be said of it. */
const isUnknown = (arn: string): boolean => arn.includes("${");

const typeNames = (types: readonly ResourceTypeInfo[]): string =>
  quotedList([...new Set(types.map(({ name }) => name))]);

/** At most four: some actions take dozens of types. */
function formats(types: readonly ResourceTypeInfo[]): string {
  const all = [...new Set(types.map(({ arn }) => arn))];
  return `${all.slice(0, 4).join(" or ")}${all.length > 4 ? ` or ${String(all.length - 4)} more` : ""}`;
}
