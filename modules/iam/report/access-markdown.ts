import type { Statement } from "../policy-document";
import { documentsOf, type ReportAccess } from "./access";
import { code, grantLine, trusted } from "./words";

/** Roles of people and CI in words. */
export function accessSection(access: readonly ReportAccess[]): string[] {
  if (access.length === 0) return ["", "None: the settings name nobody."];
  return [
    "",
    "The bootstrap stack makes these. `partner-ingest iam prove` asks of each what its work calls, which must be allowed, and",
    "what it must never do, which must be refused: getting more permissions, reaching another environment, region or account,",
    "rewriting the ledger.",
    ...access.flatMap(roleSection),
  ];
}

function roleSection(role: ReportAccess): string[] {
  const { name, purpose, trust, boundaryArn, sessionSeconds, grants, deploys } = role;
  const denied = documentsOf(role)
    .flatMap(({ Statement: all }) => all)
    .filter(({ Effect }) => Effect === "Deny");
  return [
    "",
    `### ${name}`,
    "",
    `${purpose}. Taken on by ${trusted(trust)}, for ${String(sessionSeconds / 60)} minutes at most. Never more than ${code(boundaryArn)}.`,
    "",
    ...grants.map(grantLine),
    ...deploys.map(
      ({ service, actions, types, steps }) =>
        `- can what Terraform calls of ${code(service)} (${String(actions)} actions) to ${steps.join(", ")} ${types.map(code).join(", ")}`,
    ),
    ...denied.map(deniedLine),
  ];
}

const deniedLine = ({ Action, Resource = [], Condition = {} }: Statement): string => {
  const keys = Object.entries(Condition).flatMap(([operator, block]) =>
    Object.entries(block).map(([key, value]) =>
      code(`${key} ${operator} ${[value].flat().join(" or ")}`),
    ),
  );
  return `- can never, whatever else allows it: ${[Action].flat().map(code).join(", ")} on ${[Resource].flat().map(code).join(", ")}${keys.length > 0 ? `, if ${keys.join(" and ")}` : ""}`;
};
