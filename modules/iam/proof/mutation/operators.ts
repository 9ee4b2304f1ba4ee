import type { NamedPolicy, Principal, World } from "../../evaluate";
import type { PolicyDocument, Statement } from "../../policy-document";
import { boundariesOf } from "../lock";
import { denialFaults, statementFaults } from "./statement-faults";

/** A world with one fault put in. */
export interface Mutant {
  readonly operator: string;
  /** Role, policy or resource that was changed, and how. */
  readonly say: string;
  /** The roles whose permissions may differ. */
  readonly roles: readonly string[];
  /** Patterns of the actions whose permissions may differ. */
  readonly actions: readonly string[];
  /** The boundary that was changed, as it is now. */
  readonly boundary?: NamedPolicy;
  readonly world: World;
}

/** Every fault of one role: in each statement, in its boundary, in its trust. */
export function roleMutants(world: World, role: Principal): readonly Mutant[] {
  const changed = (next: Principal): World => ({
    ...world,
    principals: world.principals.map((one) => (one.arn === role.arn ? next : one)),
  });
  const roles = [role.arn];
  const own = role.policies.flatMap((policy, place) =>
    policy.document.Statement.flatMap((statement, index) =>
      statementFaults(statement, role.owner).map(([operator, say, next]): Mutant => {
        const document = replaced(policy.document, index, next);
        const policies = role.policies.map((one, at) =>
          at === place ? { ...one, document } : one,
        );
        return {
          operator,
          say: `${role.name}, ${statement.Sid ?? String(index)}: ${say}`,
          roles,
          actions: [...actionsOf(statement), ...actionsOf(next)],
          world: changed({ ...role, policies }),
        };
      }),
    ),
  );
  const { boundary, ...unbounded } = role;
  const open: Statement = {
    Effect: "Allow",
    Principal: { AWS: `arn:${world.partition}:iam::999999999999:root` },
    Action: "sts:AssumeRole",
  };
  const trust = { ...role.trust, Statement: [...role.trust.Statement, open] };
  const of = (operator: string, next: Principal): Mutant => ({
    operator,
    say: role.name,
    roles,
    actions: ["*"],
    world: changed(next),
  });
  return [
    ...own,
    ...(boundary === undefined ? [] : [of("drop the boundary", unbounded)]),
    of("open the trust to another account", { ...role, trust }),
    ...trustConditions(role).map((next) => of("drop the conditions of the trust", next)),
  ];
}

/** The role with each statement of its trust without what it asks for. */
function trustConditions(role: Principal): Principal[] {
  return role.trust.Statement.flatMap(({ Condition, ...rest }, index) =>
    Condition === undefined ? [] : [{ ...role, trust: replaced(role.trust, index, rest) }],
  );
}

/** Every explicit denial of a resource's policy, dropped. */
export function denialMutants(world: World): readonly Mutant[] {
  const roles = world.principals.map(({ arn }) => arn);
  return Object.entries(world.resourcePolicies).flatMap(([arn, document]) =>
    document.Statement.flatMap((statement, index) =>
      statement.Effect === "Deny"
        ? denialFaults(statement).map(([operator, say, next]): Mutant => ({
            operator: `${operator} in a resource's policy`,
            say: `${arn}, ${statement.Sid ?? String(index)}: ${say}`,
            roles,
            actions: actionsOf(statement),
            world: {
              ...world,
              resourcePolicies: {
                ...world.resourcePolicies,
                [arn]: replaced(document, index, next),
              },
            },
          }))
        : [],
    ),
  );
}

/** Every statement of a boundary, dropped. */
export function boundaryMutants(world: World): readonly Mutant[] {
  return boundariesOf(world.principals).flatMap(({ name, document }) =>
    document.Statement.map((statement, index): Mutant => {
      const boundary = { name, document: replaced(document, index, undefined) };
      const bounded = world.principals.filter((one) => one.boundary?.name === name);
      return {
        operator:
          statement.Effect === "Deny"
            ? "drop an explicit denial in a boundary"
            : "drop a statement of a boundary",
        say: `${name}, ${statement.Sid ?? String(index)}`,
        roles: bounded.map(({ arn }) => arn),
        actions: actionsOf(statement),
        boundary,
        world: {
          ...world,
          principals: world.principals.map((one) =>
            bounded.includes(one) ? { ...one, boundary } : one,
          ),
        },
      };
    }),
  );
}

/** Patterns of a statement's actions. */
const actionsOf = (statement: Statement | undefined): readonly string[] =>
  statement === undefined ? [] : [statement.Action].flat();

const replaced = (
  document: PolicyDocument,
  place: number,
  next: Statement | undefined,
): PolicyDocument => ({
  ...document,
  Statement: document.Statement.flatMap((one, index) => (index === place ? (next ?? []) : [one])),
});
