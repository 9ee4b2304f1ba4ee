import type { Statement } from "../../policy-document";

/** A fault of a statement: what it is called, what it is about, and what is left of the statement. */
export type StatementFault = readonly [
  operator: string,
  say: string,
  statement: Statement | undefined,
];

/** What may go wrong in a statement of a role's own policies. */
export function statementFaults(statement: Statement, owner: string): readonly StatementFault[] {
  if (statement.Effect === "Deny") return denialFaults(statement);
  return [
    ...droppedActions("drop an action", statement),
    ...services(statement).map((service): StatementFault => [
      "widen the actions to a service",
      `${service}:*`,
      { ...statement, Action: [`${service}:*`] },
    ]),
    ...(statement.Resource === "*"
      ? []
      : [["widen the resources to everything", "*", { ...statement, Resource: "*" }] as const]),
    ...ofAllOwners(statement, owner),
    ...unconditioned(statement),
  ];
}

/** What may go wrong in a statement that denies: all of it is missing, or an action, or it denies more than it should. */
export function denialFaults(statement: Statement): readonly StatementFault[] {
  const several = [statement.Action].flat().length > 1;
  return [
    ["drop an explicit denial", "all of it", undefined],
    ...(several ? droppedActions("drop an action of a denial", statement) : []),
  ];
}

function droppedActions(operator: string, statement: Statement): readonly StatementFault[] {
  const actions = [statement.Action].flat();
  return actions.map((action): StatementFault => {
    const rest = actions.filter((one) => one !== action);
    return [operator, action, rest.length === 0 ? undefined : { ...statement, Action: rest }];
  });
}

const services = ({ Action }: Statement): readonly string[] => [
  ...new Set([Action].flat().map((action) => action.split(":")[0] ?? "")),
];

/** The same things of everybody in the environment. */
function ofAllOwners(statement: Statement, owner: string): readonly StatementFault[] {
  const widened = [statement.Resource ?? []]
    .flat()
    .map((arn) =>
      arn
        .replaceAll(`--${owner}--`, "--*--")
        .replaceAll(`/${owner}/`, "/*/")
        .replaceAll(`:::${owner}/`, ":::*/"),
    );
  const same = JSON.stringify(widened) === JSON.stringify([statement.Resource ?? []].flat());
  return same
    ? []
    : [
        [
          "widen the resources to all owners",
          widened.join(" "),
          { ...statement, Resource: widened },
        ],
      ];
}

function unconditioned(statement: Statement): readonly StatementFault[] {
  const { Condition, ...rest } = statement;
  return Condition === undefined
    ? []
    : [["drop the conditions", Object.keys(Condition).join(", "), rest]];
}
