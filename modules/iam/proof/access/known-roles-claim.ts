import type { Claim } from "../claims/claim";
import type { Deployment } from "../deployment";

/** Each role is of a workload, or one that the settings ask for; there is none that nobody can tell the use of. */
export function knownRolesClaim({ environment, world, uses, access, readers }: Deployment): Claim {
  const asked = [...access, ...readers];
  const used = new Set([...uses.map(({ role }) => role), ...asked.map(({ arn }) => arn)]);
  return {
    id: `${environment}/trust/known-roles`,
    environment,
    kind: "trust",
    say: "each role is one of a workload, or one of people, CI or readers that the settings ask for",
    known: "modelled",
    checked: world.principals.length,
    faults: [
      ...world.principals
        .filter(({ arn }) => !used.has(arn))
        .map(({ name }) => `${name} is used by no workload, and no setting asks for it`),
      ...asked
        .filter(({ arn }) => !world.principals.some((role) => role.arn === arn))
        .map(({ name }) => `${name} is asked for by the settings, and is in no stack`),
    ],
  };
}
