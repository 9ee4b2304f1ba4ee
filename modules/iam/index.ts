export * from "./catalog";
export * from "./evaluate";
export * from "./grant";
export * from "./lint";
export * from "./policy-document";
export * from "./scan";
export * from "./trust";
export * from "./workload-role";
