import { findAction } from "../../catalog";
import type { Principal } from "../../evaluate";
import type { Deployment } from "../deployment";
import type { Claim } from "./claim";

/** What can be read off the policies: no wildcard in an action, `*` only where AWS knows nothing else, path and boundary. */
export function formClaims({
  environment,
  world,
  unknownBoundaries,
  boundaryArns,
}: Deployment): Claim[] {
  const { principals } = world;
  const claim = (what: string, say: string, of: (role: Principal) => readonly string[]): Claim => ({
    id: `${environment}/form/${what}`,
    environment,
    kind: "form",
    say,
    known: "modelled",
    checked: principals.length,
    faults: principals.flatMap((role) => of(role).map((fault) => `${role.name} ${fault}`)),
  });
  return [
    claim("actions", "no role has a wildcard in an action", (role) =>
      actionsOf(role)
        .filter(([action]) => /[*?]/u.test(action))
        .map(([action]) => `may ${action}: name the actions`),
    ),
    claim("resources", "`*` stands only for actions that take no resource", (role) =>
      actionsOf(role)
        .filter(([action, resources]) => resources.includes("*") && takesResource(action))
        .map(([action]) => `may ${action} on *: name the resources`),
    ),
    claim("boundary", `every role has a boundary${notShown(unknownBoundaries)}`, (role) =>
      role.boundary === undefined && !unknownBoundaries.includes(boundaryArns.get(role.arn) ?? "")
        ? [`(${role.arn}) has no boundary`]
        : [],
    ),
    claim("path", "every role stands below the path of its environment and owner", (role) =>
      role.arn.includes(`/${environment}/${role.owner}/`)
        ? []
        : [`(${role.arn}) is not below .../${environment}/${role.owner}/`],
    ),
  ];
}

/** The actions that a role's own policies allow, with the resources of their statement. */
function actionsOf({ policies }: Principal): (readonly [string, readonly string[]])[] {
  return policies
    .flatMap(({ document }) => document.Statement)
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action = [], Resource = [] }) =>
      [Action].flat().map((action) => [action, [Resource].flat()] as const),
    );
}

const takesResource = (action: string): boolean =>
  (findAction(action)?.resourceTypes.length ?? 1) > 0;

/**
 * A boundary of somebody else only takes away: what roles can not do without it they can not do with it. Whether their calls
 * get through it, nobody here knows.
 */
const notShown = (boundaries: readonly string[]): string =>
  boundaries.length === 0
    ? ""
    : `; what ${boundaries.join(" and ")} allows is not known here: the claims are about the most that the roles can do, and not whether their calls get through it`;
