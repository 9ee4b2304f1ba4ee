export * from "./emulator";
export * from "./plan";
export * from "./run";
export * from "./tools";
