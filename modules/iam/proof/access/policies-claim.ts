import type { PolicyDocument } from "../../policy-document";
import type { Claim } from "../claims/claim";
import type { Deployment } from "../deployment";

/** A role of CI holds the policies that `iam deployer` knows, statement by statement: none is added, changed or left out. */
export function accessPoliciesClaim({ environment, world, access }: Deployment): Claim {
  const compared = access.flatMap(({ arn, name, policies }) => {
    if (policies === undefined) return [];
    const role = world.principals.find((one) => one.arn === arn);
    const held = permissions(role?.policies.map(({ document }) => document) ?? []);
    return [{ name, held, due: permissions(policies) }];
  });
  return {
    id: `${environment}/form/ci-policies`,
    environment,
    kind: "form",
    say: "each role of CI has exactly the policies to deploy the platform and all partners that `iam deployer` writes",
    known: "modelled",
    checked: compared.reduce((sum, { held, due }) => sum + held.size + due.size, 0),
    faults: compared.flatMap(({ name, held, due }) => [
      ...without(held, due).map((line) => `${name} has ${line}, which no deployment asks for`),
      ...without(due, held).map((line) => `${name} lacks ${line}, which a deployment asks for`),
    ]),
  };
}

/** One line for each action on each thing, so that it does not matter how statements are grouped, ordered and split. */
function permissions(documents: readonly PolicyDocument[]): ReadonlySet<string> {
  return new Set(
    documents.flatMap(({ Statement }) =>
      Statement.flatMap(({ Effect, Action, Resource, Condition }) => {
        const under = Condition === undefined ? "" : ` under ${JSON.stringify(Condition)}`;
        return [Action]
          .flat()
          .flatMap((action) =>
            [Resource ?? []].flat().map((thing) => `${Effect} ${action} on ${thing}${under}`),
          );
      }),
    ),
  );
}

const without = (some: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
  [...some].filter((line) => !others.has(line));
