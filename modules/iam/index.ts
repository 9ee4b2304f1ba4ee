export * from "./catalog";
export * from "./evaluate";
export * from "./grant";
export * from "./policy-document";
export * from "./trust";
export * from "./workload-role";
export * from "./scan";
