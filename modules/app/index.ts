export * from "./address-check";
export * from "./build-app";
export * from "./load-project";
export * from "./project";
export * from "./synthesize";
