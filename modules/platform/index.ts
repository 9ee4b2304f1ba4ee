export * from "./facts";
export * from "./idle-cost";
export * from "./platform-stack";
