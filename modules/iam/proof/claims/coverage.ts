import type { AwsCall } from "../calls";
import type { Deployment } from "../deployment";
import { coverageOf } from "../recorded";
import type { Claim } from "./claim";

/** Every call that runs on one machine made is among the calls that liveness asks about. */
export function coverageClaim(deployment: Deployment, calls: readonly AwsCall[]): Claim[] {
  const covered = coverageOf(calls, deployment);
  if (covered.length === 0) return [];
  return [
    {
      id: `${deployment.environment}/liveness/coverage`,
      environment: deployment.environment,
      kind: "liveness",
      say: "every call that was recorded of functions and workers is among the calls that are asked about",
      known: "recorded",
      checked: covered.length,
      faults: covered
        .filter(({ asked }) => !asked)
        .map(
          ({ role, work, shape }) =>
            `${role.slice(role.lastIndexOf("/") + 1)} is not asked about ${shape}, which was recorded of ${work}: write it into modules/iam/proof/calls`,
        ),
    },
  ];
}
