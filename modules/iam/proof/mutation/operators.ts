import type { Principal, World } from "../../evaluate";
import type { PolicyDocument, Statement } from "../../policy-document";

/** A world with one fault put in. */
export interface Mutant {
  readonly operator: string;
  /** Role, policy or resource that was changed, and how. */
  readonly say: string;
  /** The role whose permissions may differ; missing where those of all may. */
  readonly role?: string;
  readonly world: World;
}

type Change = readonly [operator: string, say: string, statement: Statement | undefined];

/** What may go wrong in a statement of a role. */
function changesOf(statement: Statement): readonly Change[] {
  const actions = [statement.Action].flat();
  const { Condition, ...unconditioned } = statement;
  return [
    ...actions.map((action): Change => {
      const rest = actions.filter((one) => one !== action);
      return [
        "drop an action",
        action,
        rest.length === 0 ? undefined : { ...statement, Action: rest },
      ];
    }),
    ...[...new Set(actions.map((action) => action.split(":")[0] ?? ""))].map((service): Change => [
      "widen the actions to a service",
      `${service}:*`,
      { ...statement, Action: [`${service}:*`] },
    ]),
    ...(statement.Resource === "*"
      ? []
      : [["widen the resources to everything", "*", { ...statement, Resource: "*" }] as const]),
    ...(Condition === undefined
      ? []
      : [["drop the conditions", Object.keys(Condition).join(", "), unconditioned] as const]),
  ];
}

/** Every fault of one role: in each statement, in its boundary, in its trust. */
export function roleMutants(world: World, role: Principal): readonly Mutant[] {
  const changed = (next: Principal): World => ({
    ...world,
    principals: world.principals.map((one) => (one.arn === role.arn ? next : one)),
  });
  const own = role.policies.flatMap((policy, place) =>
    policy.document.Statement.flatMap((statement, index) =>
      changesOf(statement).map(([operator, say, next]): Mutant => {
        const document = replaced(policy.document, index, next);
        const policies = role.policies.map((one, at) =>
          at === place ? { ...one, document } : one,
        );
        return {
          operator,
          say: `${role.name}, ${statement.Sid ?? String(index)}: ${say}`,
          role: role.arn,
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
  return [
    ...own,
    ...(boundary === undefined
      ? []
      : [
          {
            operator: "drop the boundary",
            say: role.name,
            role: role.arn,
            world: changed(unbounded),
          },
        ]),
    {
      operator: "open the trust to another account",
      say: role.name,
      role: role.arn,
      world: changed({ ...role, trust }),
    },
  ];
}

/** Every explicit denial of a resource's policy, dropped. */
export function denialMutants(world: World): readonly Mutant[] {
  return Object.entries(world.resourcePolicies).flatMap(([arn, document]) =>
    document.Statement.flatMap((statement, index) =>
      statement.Effect === "Deny"
        ? [
            {
              operator: "drop an explicit denial",
              say: `${arn}, ${statement.Sid ?? String(index)}`,
              world: {
                ...world,
                resourcePolicies: {
                  ...world.resourcePolicies,
                  [arn]: replaced(document, index, undefined),
                },
              },
            },
          ]
        : [],
    ),
  );
}

const replaced = (
  document: PolicyDocument,
  place: number,
  next: Statement | undefined,
): PolicyDocument => ({
  ...document,
  Statement: document.Statement.flatMap((one, index) => (index === place ? (next ?? []) : [one])),
});
