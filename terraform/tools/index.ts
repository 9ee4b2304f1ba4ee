export * from "./find-provider-mirror";
export * from "./find-terraform";
