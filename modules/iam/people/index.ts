export * from "./boundaries";
export * from "./claims";
export * from "./people-grants";
export { NO_PLACES, type Places } from "./places";
export * from "./trust";
