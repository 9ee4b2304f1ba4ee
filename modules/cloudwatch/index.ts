export * from "./alert-alarm";
