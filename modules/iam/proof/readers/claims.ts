import type { Claim } from "../claims/claim";
import type { Deployment } from "../deployment";
import { readersLimitsClaim } from "./limits-claim";
import { readersTrustClaim } from "./trust-claim";

/** The claims about those who read what partners' steps delivered; none where nobody does. */
export const readersClaims = (deployment: Deployment): Claim[] =>
  deployment.readers.length === 0
    ? []
    : [readersTrustClaim(deployment), readersLimitsClaim(deployment)];
