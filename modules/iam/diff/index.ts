export * from "./atoms";
export * from "./compare";
export * from "./diff";
export * from "./read";
export * from "./risk";
export * from "./subject";
export * from "./text";
