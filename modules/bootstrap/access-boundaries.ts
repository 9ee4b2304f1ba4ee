import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { type Construct } from "constructs";
import type { Environment } from "../config";
import { AssumptionError, type Naming, withLogicalId } from "../core";
import { type PolicyDocument, policyJson } from "../iam";
import { POLICY_LIMITS, policySize } from "../iam/lint";
import { deployerBoundary, NO_PLACES, peopleBoundary } from "../iam/people";
import { boundaryArn } from "../stack";

/** A boundary by ARN, and what must be there first where the stack makes it. */
export interface Bounded {
  readonly arn: string;
  readonly made?: IamPolicy;
}

/** The boundary of the roles that see and operate: the user's own, or one that allows what who is on call needs. */
export function peoplesBoundary(
  scope: Construct,
  naming: Naming,
  { people }: Environment,
): Bounded {
  return people.boundaryArn === undefined
    ? made(scope, naming, "people", peopleBoundary(naming, people.onCall ?? NO_PLACES))
    : { arn: people.boundaryArn };
}

/** The boundary of the roles that change infrastructure: the user's own, or one that keeps to the environment. */
export function deployersBoundary(
  scope: Construct,
  naming: Naming,
  environment: Environment,
): Bounded {
  const { backend, ci } = environment;
  if (ci.boundaryArn !== undefined) return { arn: ci.boundaryArn };
  const stateBucket =
    (backend.kind === "s3" ? backend.bucket : undefined) ?? naming.bucket("bootstrap", "state");
  const workloads = boundaryArn(environment, naming);
  return made(scope, naming, "deployer", deployerBoundary(naming, { workloads, stateBucket }));
}

/** Made once, whichever role asks first. */
function made(
  scope: Construct,
  naming: Naming,
  whose: "people" | "deployer",
  document: PolicyDocument,
): Bounded {
  const thing = `${whose}-boundary`;
  const id = `Boundary-${whose}`;
  const found = scope.node.tryFindChild(id);
  const size = policySize(document);
  if (size > POLICY_LIMITS.managed)
    throw new AssumptionError(
      `the boundary of ${whose} has ${String(size)} characters, AWS takes ${String(POLICY_LIMITS.managed)}`,
    );
  const policy =
    found instanceof IamPolicy
      ? found
      : withLogicalId(
          new IamPolicy(scope, id, {
            name: naming.name("policy", "bootstrap", thing),
            path: naming.path("bootstrap"),
            description: `The most that a role of ${whose === "people" ? "people" : "whoever deploys"} can ever do`,
            policy: policyJson(document),
          }),
          `${whose}_boundary`,
        );
  return { arn: naming.policyArn("bootstrap", thing), made: policy };
}
