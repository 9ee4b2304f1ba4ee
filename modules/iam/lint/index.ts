export { checkGrants } from "./check-grants";
export type { GrantFault, GrantRule } from "./fault";
export * from "./quotas";
