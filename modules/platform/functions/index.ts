export * from "./notify-function";
