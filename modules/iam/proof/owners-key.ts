import { partitionOf } from "../../core";
import type { World } from "../evaluate";

/** A key that the owner of a secret may have chosen: which one is not ours to know. */
export function ownersKey(secret: string): string {
  const [, , , region = "", account = ""] = secret.split(":");
  return `arn:${partitionOf(region)}:kms:${region}:${account}:key/of-the-secrets-owner`;
}

/** A world with keys of others, each with the policy that a key has where nobody writes another. */
export function withOwnersKeys(world: World, arns: readonly string[]): World {
  const keys = [...new Set(arns)];
  return {
    ...world,
    resources: [
      ...world.resources,
      ...keys.map((arn) => ({ arn, type: "aws_kms_key", owner: "others" })),
    ],
    resourcePolicies: {
      ...world.resourcePolicies,
      ...Object.fromEntries(
        keys.map((arn) => [
          arn,
          {
            Version: "2012-10-17" as const,
            Statement: [
              {
                Sid: "Account",
                Effect: "Allow" as const,
                Principal: { AWS: `arn:${world.partition}:iam::${arn.split(":")[4] ?? ""}:root` },
                Action: "kms:*",
                Resource: "*",
              },
            ],
          },
        ]),
      ),
    },
  };
}
