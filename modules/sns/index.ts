export * from "./alerts-topic";
export * from "./alerts-topic-policy";
