export * from "./boundary-policy";
export * from "./bootstrap-stack";
export { ciProviders } from "./ci-roles";
