import type { Places } from "../../people";
import type { PolicyDocument } from "../../policy-document";
import type { DeployRequest } from "./deploy-requests";

/** What a role of people or of CI is for. */
export type Ability = "viewer" | "onCall" | "breakGlass" | "plan" | "apply";

/** Who may take a role on. */
export type Trusted =
  /** Users of whole accounts with MFA, and single roles. */
  | { readonly kind: "people"; readonly principals: readonly string[] }
  /** Single users, with MFA just shown. */
  | { readonly kind: "users"; readonly users: readonly string[]; readonly withinSeconds: number }
  /** One subject of an identity provider. */
  | {
      readonly kind: "ci";
      readonly provider: "github" | "gitlab";
      readonly host: string;
      readonly audience: string;
      readonly subject: string;
    };

/** A role that no workload has, as the settings of an environment ask for it. */
export interface AccessRole {
  readonly arn: string;
  readonly name: string;
  readonly ability: Ability;
  readonly trusted: Trusted;
  /** What it must be able to do to deploy; nothing for roles that do not. */
  readonly requests: readonly DeployRequest[];
  /** The policies that it must have, no more and no less. @default - those are told by what it can do alone */
  readonly policies?: readonly PolicyDocument[];
  /** Where it releases to and looks for what is missing, besides what has the environment's names. @default - nowhere */
  readonly places?: Places;
}

/** Whether a role changes infrastructure, so that its policies are those of a deployer. */
export const deploys = ({ ability }: AccessRole): boolean =>
  ability === "plan" || ability === "apply" || ability === "breakGlass";
