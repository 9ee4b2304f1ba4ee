export * from "./ingest-stack";
