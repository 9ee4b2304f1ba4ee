import { ConfigError } from "../core";
import { checkGrants, type Grant, POLICY_LIMITS, type PolicyDocument, policySize } from "../iam";

/**
 * Refuses a role of people whose grants could not work or whose policies AWS would not take.
 *
 * @param setting - how the user knows the role, e.g. `environments/test.people.onCall`
 */
export function checkPeopleRole(
  setting: string,
  role: string,
  { grants, trust }: { readonly grants: readonly Grant[]; readonly trust: PolicyDocument },
): void {
  const size = policySize(trust);
  const faults = checkGrants(role, grants).map(({ message }) => message);
  if (size > POLICY_LIMITS.trust)
    faults.push(
      `${setting}.principals makes a trust policy of ${String(size)} characters, and AWS takes ${String(POLICY_LIMITS.trust)}, white space not counted; name an account or one role of a group instead of each person`,
    );
  if (faults.length > 0) throw new ConfigError(faults);
}
