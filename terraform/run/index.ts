export * from "./diagnostic";
export * from "./events";
export * from "./session";
export * from "./stack-runner";
export * from "./stacks";
export type { StackJson } from "./working-directory";
