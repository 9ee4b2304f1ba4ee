import type { IamRequest, World } from "../evaluate";
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
        ...(resource === "*" ? { "aws:RequestedRegion": scope.environment.region } : {}),
      },
    };
  });
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
