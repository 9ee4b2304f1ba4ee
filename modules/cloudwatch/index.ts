export * from "./alert-alarm";
export * from "./dashboard";
export * from "./saved-queries";
