import { findAction } from "../catalog";
import type { IamRequest, World } from "../evaluate";
import { arnSegments } from "../glob";
import type { DeployerNeed } from "./needs";
import { type DeployerScope, placeOf } from "./scope";

/** Role that the requests of a deployer are made by in a world of its own. */
export const deployerArn = (scope: DeployerScope): string =>
  placeOf(scope).naming.globalArn("iam", "role/deployer");

/** A request that a need is about: with an example for what a pattern leaves open, and the keys that conditions ask for. */
export function exampleRequests(need: DeployerNeed, scope: DeployerScope): IamRequest[] {
  const context: Record<string, string> = {};
  for (const { op, key, values } of need.target.conditions)
    if (op !== "Null") context[key] = op === "StringNotEquals" ? "example" : fill(values[0] ?? "");
  return need.target.arns.map((arn) => {
    const resource = arn === "*" ? "*" : fill(arn);
    return {
      caller: { kind: "role", arn: deployerArn(scope) },
      action: need.action,
      resource,
      context: {
        ...context,
        ...(/^arn:[\w-]+:s3:::/u.test(resource)
          ? { "aws:ResourceAccount": scope.environment.account }
          : {}),
        ...regionOf(need.action, resource, scope),
        ...tagsOf(need.action, scope, context),
      },
    };
  });
}

/**
 * Requests without a region in the ARN: those of IAM are of one region for all, the others of the environment's.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
 */
function regionOf(
  action: string,
  resource: string,
  { environment: { region } }: DeployerScope,
): Record<string, string> {
  if (resource !== "*" && (arnSegments(resource)?.[3] ?? "") !== "") return {};
  const global = region.startsWith("cn-")
    ? "cn-north-1"
    : region.startsWith("us-gov-")
      ? "us-gov-west-1"
      : "us-east-1";
  return { "aws:RequestedRegion": action.startsWith("iam:") ? global : region };
}

/** The environment's own tags go with whatever is made; buckets alone are tagged after they are made. */
function tagsOf(
  action: string,
  { environment }: DeployerScope,
  known: Readonly<Record<string, string>>,
): Record<string, string> {
  const info = findAction(action);
  const takesTags = info?.conditionKeys.some((key) => key.startsWith("aws:RequestTag/")) ?? false;
  if (!takesTags || action === "s3:CreateBucket") return {};
  return Object.fromEntries(
    Object.entries(environment.tags)
      .map(([tag, value]) => [`aws:RequestTag/${tag}`, value] as const)
      .filter(([key]) => known[key] === undefined),
  );
}

const fill = (pattern: string): string => pattern.replaceAll("*", "example");

/** A world of one role, the deployer, with these policies; keys leave it to the account's policies who uses them. */
export function deployerWorld(
  scope: DeployerScope,
  policies: World["principals"][number]["policies"],
  keys: readonly string[],
  serviceControlPolicies: NonNullable<World["serviceControlPolicies"]> = [],
): World {
  const { naming } = placeOf(scope);
  const { account, region } = scope.environment;
  const keyPolicy = {
    Version: "2012-10-17" as const,
    Statement: [
      {
        Sid: "Account",
        Effect: "Allow" as const,
        Principal: { AWS: naming.globalArn("iam", "root") },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  };
  return {
    partition: naming.partition,
    account,
    region,
    principals: [
      {
        arn: deployerArn(scope),
        name: "deployer",
        owner: "bootstrap",
        trust: { Version: "2012-10-17", Statement: [] },
        policies,
      },
    ],
    resources: [],
    resourcePolicies: Object.fromEntries(keys.map((key) => [key, keyPolicy])),
    serviceControlPolicies,
  };
}

/** Keys among the resources of requests. */
export const keysOf = (requests: readonly IamRequest[]): string[] => [
  ...new Set(requests.map(({ resource }) => resource).filter((arn) => /:key\/[^/]+$/u.test(arn))),
];
