export * from "./boundaries";
export * from "./claims";
export * from "./people-grants";
export * from "./trust";
