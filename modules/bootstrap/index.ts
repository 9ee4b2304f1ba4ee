export * from "../iam/boundary";
export * from "./bootstrap-stack";
export { ciProviders } from "./ci-roles";
