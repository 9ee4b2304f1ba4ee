export * from "./drift";
export * from "./drifts";
export * from "./moto";
export * from "./override";
export * from "./overrides";
