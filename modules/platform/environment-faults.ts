import type { Environment } from "../config";
import { networkFaults } from "./network-faults";
import { poolFaults } from "./pool-faults";
import { quotaFaults } from "./quota-faults";

/** What AWS would refuse only in the middle of an apply, by the path of the setting. */
export function environmentFaults(environment: Environment): string[] {
  return [...networkFaults(environment), ...poolFaults(environment), ...quotaFaults(environment)];
}
