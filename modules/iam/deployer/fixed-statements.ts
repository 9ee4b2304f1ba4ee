import { DELIMITER } from "../../core";
import { stackName } from "../../stack";
import { conditionBlock, type Statement } from "../policy-document";
import { type DeployerScope, NAMED, placeOf, SHARED_OWNERS, type SharedOwner } from "./scope";

/**
 * Where Terraform keeps the stack's state: the object, and beside it the lock.
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
 */
export function backendStatements(scope: DeployerScope, writes: boolean): Statement[] {
  const object = stateObject(scope);
  if (object === undefined) return [];
  return [
    {
      Sid: "StateBucket",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: object.slice(0, object.indexOf("/")),
    },
    {
      Sid: "State",
      Effect: "Allow",
      Action: writes ? ["s3:GetObject", "s3:PutObject"] : "s3:GetObject",
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

/**
 * What is refused whatever else the deployer has: making roles stronger than the boundary lets them be, and for who deploys
 * all partners, the stacks of others, whose names begin as theirs do.
 */
export function denials(
  scope: DeployerScope,
  writes: boolean,
  others: readonly SharedOwner[] = SHARED_OWNERS,
): Statement[] {
  const { boundary } = placeOf(scope);
  const shared = scope.owner === "*" ? keepSharedState(scope, others) : [];
  if (!writes) return shared;
  return [
    ...shared,
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
    ...(scope.owner === "*"
      ? [keepShared(scope, others), ...keepSharedBuckets(scope, others)]
      : []),
  ];
}

/**
 * Buckets of the shared stacks hold objects of partners, their states and their specs. The buckets themselves, their settings
 * above all, are no matter of theirs.
 */
function keepSharedBuckets(scope: DeployerScope, others: readonly SharedOwner[]): Statement[] {
  const { naming } = placeOf(scope);
  const { environment } = scope;
  const bucketsOf = (owner: string): string =>
    naming.bucketArn([environment.prefix, environment.id, owner, "*"].join(DELIMITER));
  return [
    {
      Sid: "KeepSharedBuckets",
      Effect: "Deny",
      Action: [
        "s3:CreateBucket",
        "s3:DeleteBucket*",
        "s3:PutBucket*",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
      ],
      Resource: others.map(bucketsOf),
    },
    // The keys of the ledger tell what partners deliver, and when.
    ...(others.includes("platform")
      ? [
          {
            Sid: "KeepLedgerUnlisted",
            Effect: "Deny" as const,
            Action: "s3:ListBucket",
            Resource: bucketsOf("platform"),
          },
        ]
      : []),
  ];
}

/** States of all partners begin as those of the shared stacks do. */
function keepSharedState(scope: DeployerScope, others: readonly SharedOwner[]): Statement[] {
  const states = others.map((owner) => stateObject({ ...scope, owner }));
  const arns = states.flatMap((arn) => (arn === undefined ? [] : [`${arn}*`]));
  if (arns.length === 0) return [];
  return [
    {
      Sid: "KeepSharedState",
      Effect: "Deny",
      Action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      Resource: arns,
    },
  ];
}

/** The object that holds a stack's state. */
function stateObject({ environment, kind, owner }: DeployerScope): string | undefined {
  const { backend } = environment;
  // The bootstrap stack makes the bucket; its own state stays with the administrator.
  if (backend.kind === "local" || kind === "bootstrap") return undefined;
  const { naming } = placeOf({ environment, kind, owner });
  const bucket = backend.bucket ?? naming.bucket("bootstrap", "state");
  return `${naming.bucketArn(bucket)}/${stackName(environment.id, owner)}.tfstate`;
}

/** The names of all partners' things begin as those of the shared stacks do; the latter are taken out again. */
function keepShared(scope: DeployerScope, others: readonly SharedOwner[]): Statement {
  const { naming } = placeOf(scope);
  const arns = Object.entries(NAMED).flatMap(([type, arnOf]) =>
    type === "s3:bucket" ? [] : others.flatMap((owner) => arnOf(naming, { ...scope, owner })),
  );
  return {
    Sid: "KeepSharedStacks",
    Effect: "Deny",
    Action: "*",
    Resource: [...new Set(arns)].sort(),
  };
}

/** The conditions of a statement, sorted. */
export function conditionsOf(
  conditions: Parameters<typeof conditionBlock>[0],
): Pick<Statement, "Condition"> {
  return conditions.length === 0 ? {} : { Condition: conditionBlock(conditions) };
}
