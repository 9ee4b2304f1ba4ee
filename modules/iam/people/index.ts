export * from "./claims";
export * from "./people-grants";
export * from "./trust";
