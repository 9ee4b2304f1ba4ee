import {
  type ActionInfo,
  actionsOf,
  catalogServices,
  findAction,
  hasConditionKey,
  nearestActions,
} from "../catalog";
import type { Grant } from "../grant";
import { type GrantFault, quotedList, sayFault } from "./fault";
import { resourceFaults } from "./resource-faults";

/** What is wrong with a grant by itself. */
export function grantFaults(role: string, grant: Grant): GrantFault[] {
  const actions = grant.actions.flatMap((name) => findAction(name) ?? []);
  return [
    ...idFaults(role, grant),
    ...grant.actions.flatMap((name) => actionFaults(role, grant, name)),
    ...resourceFaults(role, grant, actions),
    ...conditionFaults(role, grant, actions),
    ...repeatedConditions(role, grant),
  ];
}

function idFaults(role: string, grant: Grant): GrantFault[] {
  if (/^[A-Z][A-Za-z0-9]*$/u.test(grant.id)) return [];
  return [
    sayFault(role, grant, "id", {
      what: "has an id that is not of letters and digits, the first a capital",
      todo: 'write one like "ReadLedger"',
    }),
  ];
}

function actionFaults(role: string, grant: Grant, name: string): GrantFault[] {
  if (/[*?]/u.test(name))
    return [
      sayFault(role, grant, "wildcard-action", {
        what: `has the action ${JSON.stringify(name)}, which stands for many`,
        todo: "name each action that is needed",
      }),
    ];
  const info = findAction(name);
  if (info?.name === name) return [];
  return [
    sayFault(role, grant, "unknown-action", {
      what: `has the action ${JSON.stringify(name)}, which does not exist`,
      todo: info === undefined ? suggestion(name) : `write ${JSON.stringify(info.name)}`,
    }),
  ];
}

function suggestion(name: string): string {
  const near = nearestActions(name);
  if (near.length > 0) return `it may be meant for ${quotedList(near)}`;
  const service = name.split(":")[0] ?? "";
  return actionsOf(service) === undefined
    ? `the services in the catalog are ${catalogServices().join(", ")}`
    : `look for it among the actions of ${service}`;
}

/** A key that requests of an action never have is never met in an Allow, and no protection where its absence is met. */
function conditionFaults(role: string, grant: Grant, actions: readonly ActionInfo[]): GrantFault[] {
  return (grant.conditions ?? []).flatMap(({ op, key }) => {
    const without = actions.filter((action) => !hasConditionKey(action, key));
    if (without.length === 0) return [];
    return [
      sayFault(role, grant, "condition-key", {
        what: `has the condition ${op} on ${JSON.stringify(key)}, which requests of ${quotedList(without.map(({ name }) => name))} do not have`,
        todo: "take these actions into a grant without the condition, or the condition out",
      }),
    ];
  });
}

/** Of two with the same operator and key a policy would keep one. */
function repeatedConditions(role: string, grant: Grant): GrantFault[] {
  const conditions = grant.conditions ?? [];
  return conditions
    .filter((one, index) =>
      conditions.slice(0, index).some(({ op, key }) => op === one.op && key === one.key),
    )
    .map(({ op, key }) =>
      sayFault(role, grant, "repeated-condition", {
        what: `has the condition ${op} on ${JSON.stringify(key)} twice, and a policy takes it once`,
        todo: "put the values into one",
      }),
    );
}
