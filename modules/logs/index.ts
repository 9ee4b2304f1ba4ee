export * from "./grants";
export * from "./log-group";
