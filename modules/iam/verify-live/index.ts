export * from "./script";
