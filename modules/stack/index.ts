export * from "./boundary-arn";
export * from "./ingest-stack";
