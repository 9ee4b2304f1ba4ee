export * from "./interface-endpoints";
export * from "./network";
