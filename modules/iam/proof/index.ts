export * from "./access";
export * from "./calls";
export * from "./claims";
export * from "./deployment";
export * from "./lock";
export * from "./readers";
