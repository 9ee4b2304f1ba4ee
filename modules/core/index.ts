export * from "./errors";
export * from "./limits";
export * from "./logical-id";
export * from "./names";
export * from "./terraform-text";
