export type { IamAction } from "./actions";
export * from "./catalog";
export type { AccessLevel } from "./format";
export * from "./nearest";
