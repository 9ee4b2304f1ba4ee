export * from "./masking";
export * from "./plan-json";
export * from "./summary";
export * from "./unknown-policies";
