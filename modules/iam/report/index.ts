export * from "./access";
export * from "./limits";
export * from "./markdown";
export * from "./report-role";
export * from "./request";
