export { type Claim, type ClaimKind, holds } from "./claim";
export { ESCALATION_CHAINS } from "./escalation";
export { formClaims } from "./form";
export { livenessClaims } from "./liveness";
export { type Findings, prove } from "./prove";
export { PARTING_KEYS, RESIDUAL, separationClaims } from "./separation";
