import type { Grant } from "../grant";
import { policyDocument } from "../policy-document";
import { type GrantFault, sayFault } from "./fault";
import { grantFaults } from "./grant-faults";
import { POLICY_LIMITS, policySize, refusedCharacter } from "./quotas";
import { missingTypeFaults } from "./resource-faults";

/**
 * What is wrong with the grants of a role: actions that do not exist, permissions that can never work, `*` without a
 * reason, conditions that are never met, and more than AWS takes. Cheap: called for each role when it is made.
 *
 * @param opaque - grants that have a policy of their own each
 */
export function checkGrants(
  roleName: string,
  own: readonly Grant[],
  opaque: readonly Grant[] = [],
): GrantFault[] {
  const grants = [...own, ...opaque];
  const single = grants.flatMap((grant) => grantFaults(roleName, grant));
  return [
    ...single,
    ...missingTypeFaults(roleName, grants),
    ...repeatedIds(roleName, grants),
    ...textFaults(roleName, grants),
    // There is no policy of conditions that can not stand together.
    ...(single.some(({ rule }) => rule === "repeated-condition")
      ? []
      : sizeFaults(roleName, own, opaque)),
  ];
}

function repeatedIds(role: string, grants: readonly Grant[]): GrantFault[] {
  return grants
    .filter((grant, index) => grants.findIndex(({ id }) => id === grant.id) < index)
    .map((grant) =>
      sayFault(role, grant, "repeated-id", {
        what: "has the id of another grant of the role, and AWS takes each statement id once",
        todo: "give it an id of its own",
      }),
    );
}

function textFaults(role: string, grants: readonly Grant[]): GrantFault[] {
  return grants.flatMap((grant) => {
    const refused = refusedCharacter(
      JSON.stringify([grant.actions, grant.resources, grant.conditions]),
    );
    if (refused === undefined) return [];
    return [
      sayFault(role, grant, "character", {
        what: `holds the character ${JSON.stringify(refused)}, and AWS takes those up to U+00FF`,
        todo: "write it without",
      }),
    ];
  });
}

function sizeFaults(role: string, own: readonly Grant[], opaque: readonly Grant[]): GrantFault[] {
  const policies = [...(own.length > 0 ? [own] : []), ...opaque.map((grant) => [grant])];
  const size = policies.reduce((sum, grants) => sum + policySize(policyDocument(grants)), 0);
  if (size <= POLICY_LIMITS.inline) return [];
  const sizes = [...own, ...opaque]
    .map((grant) => ({
      id: grant.setting ?? JSON.stringify(grant.id),
      size: policySize(policyDocument([grant])),
    }))
    .sort((a, b) => b.size - a.size);
  const longest = sizes
    .slice(0, 3)
    .map(({ id, size: characters }) => `${id} with ${String(characters)}`)
    .join(", ");
  return [
    {
      role,
      rule: "size",
      message: `the grants of role ${JSON.stringify(role)} have ${String(size)} characters, and AWS takes ${String(POLICY_LIMITS.inline)} in all inline policies of a role; the longest are ${longest}: name fewer resources, or give some of the work to another role`,
    },
  ];
}
