export { renderText, type AttributeLookup } from "./expressions";
export {
  readPartnerStack,
  type DeclaredBucket,
  type DeclaredFunction,
  type DeclaredPartner,
  type DeclaredRule,
  type DeclaredSchedule,
} from "./partner-stack";
