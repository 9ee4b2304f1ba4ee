import type { Environment } from "../../../config";
import { namingOf, stackName } from "../../../stack";
import { environmentPolicies, exampleRequests } from "../../deployer";
import type { IamRequest } from "../../evaluate";
import type { PolicyDocument } from "../../policy-document";
import type { Ability } from "./access-role";

const PHASES = {
  plan: ["plan"],
  apply: ["plan", "apply", "update"],
  breakGlass: ["plan", "apply", "update"],
} as const;

/** A request that a deployment makes, without who makes it. */
export interface DeployRequest {
  readonly say: string;
  readonly request: Omit<IamRequest, "caller">;
}

/** The requests of deploying the platform and all partners, as the table of recorded operations tells them. */
export function deployRequests(environment: Environment, ability: Ability): DeployRequest[] {
  if (ability === "viewer" || ability === "onCall") return [];
  const { needs } = environmentPolicies(environment, PHASES[ability]);
  const found = needs.flatMap((need) =>
    exampleRequests(need, { environment, kind: "partner", owner: "*" }).map(
      ({ action, resource, context }): DeployRequest => ({
        say: `${need.step} ${need.type}`,
        request: {
          action,
          resource: anyOwner(resource, environment),
          ...(context === undefined ? {} : { context }),
        },
      }),
    ),
  );
  return [...found, ...stateRequests(environment, ability !== "plan")];
}

/** What a role of CI must hold: exactly the policies that deploy the platform and all partners. */
export function deployPolicies(
  environment: Environment,
  ability: "plan" | "apply",
): readonly PolicyDocument[] {
  return environmentPolicies(environment, PHASES[ability]).documents;
}

/** An example for all owners would be the name of nobody. */
const anyOwner = (resource: string, { prefix, id }: Environment): string =>
  resource
    .replace(`${prefix}--${id}--example`, `${prefix}--${id}--example--example`)
    .replace(`${prefix}/${id}/example`, `${prefix}/${id}/example/example`);

/** @see https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required */
function stateRequests(environment: Environment, writes: boolean): DeployRequest[] {
  const { backend, account, id } = environment;
  if (backend.kind === "local") return [];
  const naming = namingOf(environment);
  const bucket = naming.bucketArn(backend.bucket ?? naming.bucket("bootstrap", "state"));
  const context = { "aws:ResourceAccount": account };
  return ["platform", "any-partner"].flatMap((owner) => {
    const state = `${bucket}/${stackName(id, owner)}.tfstate`;
    const calls: (readonly [string, string])[] = [
      ["s3:ListBucket", bucket],
      ["s3:GetObject", state],
      ...(writes ? ([["s3:PutObject", state]] as const) : []),
      ...["s3:GetObject", "s3:PutObject", "s3:DeleteObject"].map(
        (action) => [action, `${state}.tflock`] as const,
      ),
    ];
    return calls.map(([action, resource]) => ({
      say: `keep the state of ${owner}`,
      request: { action, resource, context },
    }));
  });
}
