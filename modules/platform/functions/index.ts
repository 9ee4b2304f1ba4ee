export * from "./notify-function";
export * from "./run-functions";
