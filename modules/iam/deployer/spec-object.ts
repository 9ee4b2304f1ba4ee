import { currentSpecKey } from "../../contract";
import type { ActionInfo } from "../catalog";
import { type DeployerScope, placeOf, type Target } from "./scope";

/**
 * What a partner's deployer may do in the ledger: put the partner's spec there, and take it away with all its versions.
 * Nothing else of the ledger is a deployer's matter.
 */
export function specObjectTargets(action: ActionInfo, scope: DeployerScope): Target[] {
  const { naming } = placeOf(scope);
  const ledger = naming.bucketArn(naming.bucket("platform", "ledger"));
  const key = currentSpecKey(scope.owner);
  if (action.resourceTypes.some(({ name }) => name === "object"))
    return [{ arns: [`${ledger}/${key}`], conditions: [] }];
  return [{ arns: [ledger], conditions: [{ op: "StringLike", key: "s3:prefix", values: [key] }] }];
}
