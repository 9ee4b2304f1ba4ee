/*
 * The public surface of the package: what a project's own files and its `main.ts` need. Everything else may change.
 */
export * from "./app";
export {
  cronFault,
  defineEnvironment,
  definePartner,
  type Environment,
  type EnvironmentFacts,
  type EnvironmentInput,
  environmentSchema,
  type ImagesLock,
  manual,
  type Partner,
  type PartnerInput,
  partnerSchema,
  s3Object,
  schedule,
  settingsSchema,
} from "./config";
export { AssumptionError, ConfigError, MissingToolError, Naming, ValidationError } from "./core";
export { type Grant, WorkloadRole } from "./iam";
