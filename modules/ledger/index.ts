export * from "./day-index";
export * from "./facts";
export * from "./fold";
export * from "./keys";
export * from "./pause";
export * from "./reader";
export * from "./run-state";
