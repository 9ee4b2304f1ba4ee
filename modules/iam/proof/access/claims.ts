import type { Claim } from "../claims/claim";
import type { Deployment } from "../deployment";
import { knownRolesClaim } from "./known-roles-claim";
import { accessLimitsClaim } from "./limits-claim";
import { accessLivenessClaim } from "./liveness-claim";
import { accessPoliciesClaim } from "./policies-claim";
import { accessTrustClaim } from "./trust-claim";

/** The claims about roles that no workload has: those of people and CI. */
export function accessClaims(deployment: Deployment): Claim[] {
  return [
    knownRolesClaim(deployment),
    ...(deployment.access.length === 0
      ? []
      : [
          accessTrustClaim(deployment),
          accessLivenessClaim(deployment),
          accessLimitsClaim(deployment),
        ]),
    ...(deployment.access.some(({ policies }) => policies !== undefined)
      ? [accessPoliciesClaim(deployment)]
      : []),
  ];
}
