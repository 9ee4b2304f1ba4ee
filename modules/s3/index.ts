export * from "./bucket";
export * from "./bucket-policy";
export * from "./grants";
