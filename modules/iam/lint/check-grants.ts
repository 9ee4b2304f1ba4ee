import type { Grant } from "../grant";
import { policyDocument } from "../policy-document";
import { type GrantFault, sayFault } from "./fault";
import { grantFaults } from "./grant-faults";
import { POLICY_LIMITS, policySize, refusedCharacter } from "./quotas";
import { missingTypeFaults } from "./resource-faults";

/**
 * What is wrong with the grants of a role: actions that do not exist, permissions that can never work, `*` without a
 * reason, conditions that are never met, and more than AWS takes. Cheap: called for each role when it is made.
 */
export function checkGrants(roleName: string, grants: readonly Grant[]): GrantFault[] {
  return [
    ...grants.flatMap((grant) => grantFaults(roleName, grant)),
    ...missingTypeFaults(roleName, grants),
    ...repeatedIds(roleName, grants),
    ...textFaults(roleName, grants),
    ...sizeFaults(roleName, grants),
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

function sizeFaults(role: string, grants: readonly Grant[]): GrantFault[] {
  const size = policySize(policyDocument(grants));
  if (size <= POLICY_LIMITS.inline) return [];
  const sizes = grants
    .map((grant) => ({ id: grant.id, size: policySize(policyDocument([grant])) }))
    .sort((a, b) => b.size - a.size);
  const longest = sizes
    .slice(0, 3)
    .map(({ id, size: own }) => `${JSON.stringify(id)} with ${String(own)}`)
    .join(", ");
  return [
    {
      role,
      rule: "size",
      message: `the grants of role ${JSON.stringify(role)} have ${String(size)} characters, and AWS takes ${String(POLICY_LIMITS.inline)} in all inline policies of a role; the longest are ${longest}: name fewer resources, or give some of the work to another role`,
    },
  ];
}
