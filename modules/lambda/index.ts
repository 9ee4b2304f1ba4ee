export * from "./bundle";
export * from "./function";
export * from "./grants";
export * from "./package";
export * from "./zip";
export { writeWithStack } from "./stack-file";
