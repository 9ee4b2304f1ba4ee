export * from "./access-point";
export * from "./file-system";
export * from "./file-system-policy";
export * from "./grants";
