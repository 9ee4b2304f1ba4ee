import { findAction } from "../../catalog";
import type { World } from "../../evaluate";
import { EXTRA } from "../../extra/extra-grant";
import { arnCanBe } from "../../glob";
import type { Statement } from "../../policy-document";
import type { AwsCall, PlainCall } from "./call";

/**
 * What users granted a step besides: one call for each action on each thing, which says what the conditions ask for. Such
 * grants are asked about as all others: what the boundary or a resource's policy refuses would fail at run time only.
 */
export function extraCalls(role: string, world: World): AwsCall[] {
  return extraStatements(world, role).flatMap((statement) =>
    callsOf(statement).map((call) => ({
      role,
      say: `do what its settings grant besides (${statement.Sid ?? ""})`,
      known: "modelled" as const,
      call,
    })),
  );
}

/** Keys that such grants name and that are not of the project: their policies are their owners'. */
export function extraKeys(world: World): string[] {
  return world.principals
    .flatMap(({ arn }) => extraStatements(world, arn))
    .flatMap(({ Resource = [] }) => [Resource].flat())
    .filter((arn) => /:key\/[\w-]+$/u.test(arn) && world.resourcePolicies[arn] === undefined);
}

function extraStatements({ principals }: World, role: string): Statement[] {
  return principals
    .filter(({ arn }) => arn === role)
    .flatMap(({ policies }) => policies.flatMap(({ document }) => document.Statement))
    .filter(({ Sid }) => Sid?.startsWith(EXTRA) === true);
}

function callsOf(statement: Statement): PlainCall[] {
  const context = contextOf(statement);
  const arns = [statement.Resource ?? "*"].flat();
  return [statement.Action].flat().flatMap((action) => {
    const types = findAction(action)?.resourceTypes ?? [];
    return arns
      .filter((arn) => arn === "*" || types.some(({ segments }) => arnCanBe(arn, segments)))
      .map((arn) => ({ action, resource: arn === "*" ? arn : instance(arn), context }));
  });
}

/** Of each condition one value that fulfils it; what must not be is left out. */
function contextOf({ Condition = {} }: Statement): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).flatMap(([key, given]): [string, string][] => {
        const [value] = [given].flat();
        if (value === undefined || /Not/u.test(operator)) return [];
        if (operator === "Null") return value === "true" ? [] : [[key, "any"]];
        if (operator === "NumericLessThan") return [[key, String(Number(value) - 1)]];
        return [[key, instance(value)]];
      }),
    ),
  );
}

const instance = (pattern: string): string => pattern.replace(/\*/gu, "any").replace(/\?/gu, "a");
