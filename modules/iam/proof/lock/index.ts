export * from "./lock";
export * from "./lock-diff";
export { sampleResources } from "./samples";
export { statedRows } from "./stated-rows";
