export * from "./boundaries";
export * from "./claims";
export * from "./keep-alert";
export * from "./people-grants";
export { NO_PLACES, type Places } from "./places";
export * from "./trust";
