export * from "./interface-endpoints";
export * from "./network";
export { cidrFault } from "./subnet-plan";
