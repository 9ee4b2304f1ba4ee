export * from "./sources-digest";
