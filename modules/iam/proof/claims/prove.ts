import { accessClaims } from "../access/claims";
import { declaredCalls } from "../calls";
import type { Deployment } from "../deployment";
import type { IamLock } from "../lock";
import { readersClaims } from "../readers/claims";
import { markRecorded } from "../recorded";
import { type Claim, holds } from "./claim";
import { closedWorldClaim } from "./closed-world";
import { coverageClaim } from "./coverage";
import { escalationClaim } from "./escalation";
import { formClaims } from "./form";
import { livenessClaims } from "./liveness";
import { separationClaims } from "./separation";
import { trustClaim } from "./trust";

/** What was found about the environments of a project. */
export interface Findings {
  readonly ok: boolean;
  readonly claims: readonly Claim[];
}

/** Checks every claim about some environments; a fault of one does not keep the others from being looked at. */
export function prove(deployments: readonly Deployment[], lock: IamLock | undefined): Findings {
  const claims = deployments.flatMap((deployment) => [
    ...callClaims(deployment),
    closedWorldClaim(deployment, lock),
    ...formClaims(deployment),
    trustClaim(deployment),
    escalationClaim(deployment),
    ...accessClaims(deployment),
    ...readersClaims(deployment),
    ...separationClaims(deployment),
  ]);
  return { ok: claims.every(holds), claims };
}

/** What is known of a call by a recording is said so; what was recorded and is not asked about is a fault. */
function callClaims(deployment: Deployment): Claim[] {
  const calls = markRecorded(declaredCalls(deployment), deployment);
  return [...livenessClaims(deployment, calls), ...coverageClaim(deployment, calls)];
}
