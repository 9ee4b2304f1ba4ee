export * from "./arn";
export * from "./glob";
