export { type Claim, type ClaimKind, holds } from "./claim";
export { type Findings, prove } from "./prove";
