export * from "./deployment";
export type { StackTerraform } from "./terraform";
export type * from "./uses";
export { settingsOf } from "./uses";
