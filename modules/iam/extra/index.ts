export { EXTRA, extraGrants } from "./extra-grant";
export { extraGrantFaults, type ExtraLimits } from "./extra-faults";
export type { Territory } from "./reach";
