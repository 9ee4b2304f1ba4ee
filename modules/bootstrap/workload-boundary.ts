import { type ExtraGrants, settingPath } from "../config";
import { ConfigError, type Naming } from "../core";
import { POLICY_LIMITS, type PolicyDocument, policySize } from "../iam";
import { boundaryPolicy } from "../iam/boundary";
import { extraGrantFaults, extraGrants } from "../iam/extra";

/**
 * The boundary of an environment's workloads with what its file adds.
 *
 * @throws ConfigError where what is added can not work, names another environment, or is more than AWS takes
 */
export function workloadBoundary(
  naming: Naming,
  environment: string,
  allow: ExtraGrants,
): PolicyDocument {
  const root = `environments/${environment}`;
  const grants = extraGrants(naming, allow, "boundary.allow", (name) =>
    settingPath(root, ["boundary", "allow", name]),
  );
  const faults = extraGrantFaults("boundary", grants, { territory: { naming } });
  if (faults.length > 0) throw new ConfigError(faults.map(({ message }) => message));
  const document = boundaryPolicy(naming, allow);
  const size = policySize(document);
  if (size > POLICY_LIMITS.managed)
    throw new ConfigError(
      `${root}.boundary.allow makes the permissions boundary ${String(size)} characters long, and AWS takes ${String(POLICY_LIMITS.managed)} in a managed policy, white space not counted; name fewer things, or patterns of things`,
    );
  return document;
}
