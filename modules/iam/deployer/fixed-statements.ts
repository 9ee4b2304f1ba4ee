import { DELIMITER } from "../../core";
import { stackName } from "../../stack";
import { conditionBlock, type Statement } from "../policy-document";
import { type DeployerScope, NAMED, placeOf, SHARED_OWNERS } from "./scope";

/**
 * Where Terraform keeps the stack's state: the object, and beside it the lock.
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
 */
export function backendStatements({ environment, kind, owner }: DeployerScope): Statement[] {
  const { backend } = environment;
  // The bootstrap stack makes the bucket; its own state stays with the administrator.
  if (backend.kind === "local" || kind === "bootstrap") return [];
  const { naming } = placeOf({ environment, kind, owner });
  const bucket = backend.bucket ?? naming.bucket("bootstrap", "state");
  const key = `${stackName(environment.id, owner)}.tfstate`;
  const object = `${naming.bucketArn(bucket)}/${key}`;
  return [
    {
      Sid: "StateBucket",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: naming.bucketArn(bucket),
    },
    {
      Sid: "State",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: object,
    },
    {
      Sid: "StateLock",
      Effect: "Allow",
      Action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      Resource: `${object}.tflock`,
    },
  ];
}

/** What is refused whatever else the deployer has: making roles stronger than the boundary lets them be. */
export function denials(scope: DeployerScope): Statement[] {
  const { naming, boundary } = placeOf(scope);
  return [
    {
      Sid: "KeepBoundaries",
      Effect: "Deny",
      Action: "iam:DeleteRolePermissionsBoundary",
      Resource: "*",
    },
    ...(scope.kind === "bootstrap"
      ? []
      : [
          {
            Sid: "KeepTheBoundary",
            Effect: "Deny" as const,
            Action: [
              "iam:CreatePolicyVersion",
              "iam:DeletePolicy",
              "iam:DeletePolicyVersion",
              "iam:SetDefaultPolicyVersion",
            ],
            Resource: boundary,
          },
        ]),
    ...(scope.owner === "*" ? [keepShared(scope, naming.bucketArn(""))] : []),
  ];
}

/** The names of all partners' things begin as those of the shared stacks do; the latter are taken out again. */
function keepShared(scope: DeployerScope, buckets: string): Statement {
  const { naming } = placeOf(scope);
  const arns = Object.entries(NAMED).flatMap(([type, arnOf]) =>
    type === "s3:bucket"
      ? []
      : SHARED_OWNERS.flatMap((owner) => arnOf(naming, { ...scope, owner })),
  );
  const { environment } = scope;
  const ledger = [environment.prefix, environment.id, "platform", "*"].join(DELIMITER);
  return {
    Sid: "KeepSharedStacks",
    Effect: "Deny",
    Action: "*",
    Resource: [...new Set([...arns, `${buckets}${ledger}`])].sort(),
  };
}

/** The conditions of a statement, sorted. */
export function conditionsOf(
  conditions: Parameters<typeof conditionBlock>[0],
): Pick<Statement, "Condition"> {
  return conditions.length === 0 ? {} : { Condition: conditionBlock(conditions) };
}
