export * from "./needs";
export * from "./policies";
export * from "./recording";
export * from "./scope";
export * from "./table";
export * from "./denied";
export * from "./doctor";
export * from "./examples";
