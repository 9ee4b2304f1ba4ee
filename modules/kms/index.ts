export * from "./encryption-key";
export * from "./grants";
export * from "./key-statements";
