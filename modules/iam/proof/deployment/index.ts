export * from "./deployment";
export type { StackTerraform } from "./terraform";
export type * from "./uses";
