import { POOL_CAPACITIES } from "../batch/compute-pool";
import type { Environment } from "../config";

/** Hard quotas per region. @see https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
const MAX_COMPUTE_ENVIRONMENTS = 50;
const MAX_QUEUES = 50;

/** What AWS would refuse only in the middle of an apply. */
export function quotaFaults(environment: Environment): string[] {
  const pools = Object.values(environment.pools);
  const queues = pools.length * 2;
  const environments = pools.reduce((sum, pool) => sum + POOL_CAPACITIES[pool.kind].length, 0);
  const path = `environments/${environment.id}.pools`;
  const advice = "let partners share pools: queues share fairly among them";
  return [
    ...(queues > MAX_QUEUES
      ? [
          `${path} needs ${String(queues)} job queues, two for each of ${String(pools.length)} pools; AWS has ${String(MAX_QUEUES)} per region and raises none; ${advice}`,
        ]
      : []),
    ...(environments > MAX_COMPUTE_ENVIRONMENTS
      ? [
          `${path} needs ${String(environments)} compute environments; AWS has ${String(MAX_COMPUTE_ENVIRONMENTS)} per region and raises none; ${advice}`,
        ]
      : []),
  ];
}
