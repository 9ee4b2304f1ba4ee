export * from "./pack-trigger";
export * from "./partner-spec";
export * from "./partner-stack";
export { type ReaderPlace, readerThing } from "./readers";
export * from "./resolve-partner";
export * from "./resolved-partner";
