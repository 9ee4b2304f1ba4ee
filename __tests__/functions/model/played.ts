/* What is played with a fault put into the functions: one bundle. */
export { playNumbered } from "./history";
export { SCENARIOS, sweep } from "./sweep";
