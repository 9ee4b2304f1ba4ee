import type { Environment } from "../config";
import type { Naming } from "../core";

/** ARN of the permissions boundary of an environment's roles: the bootstrap stack's, or the user's own. */
export function boundaryArn({ boundary }: Environment, naming: Naming): string {
  return boundary.kind === "existing" ? boundary.arn : naming.policyArn("bootstrap", "boundary");
}
