import { TerraformDataSource, TerraformResource, type TerraformStack } from "cdktf";
import { AssumptionError, LOGICAL_ID_PATTERN } from "../core";

/** The addresses of a stack's resources and data sources, sorted. */
export function addressesOf(stack: TerraformStack): string[] {
  return stack.node
    .findAll()
    .flatMap((node) => {
      if (TerraformResource.isTerraformResource(node))
        return [`${node.terraformResourceType}.${node.friendlyUniqueId}`];
      return TerraformDataSource.isTerraformDataSource(node)
        ? [`data.${node.terraformResourceType}.${node.friendlyUniqueId}`]
        : [];
    })
    .sort();
}

/**
 * Checks that every resource has a readable address of its own. Of two resources with one address cdktf emits the last
 * and says nothing; an id that was not set follows the construct's path, and changes with it.
 */
export function checkAddresses(stack: TerraformStack): void {
  const addresses = addressesOf(stack);
  const twice = addresses.filter((address, index) => address === addresses[index - 1]);
  if (twice.length > 0)
    throw new AssumptionError(
      `stack ${stack.node.id} has several resources with one address: ${twice.join(", ")}`,
    );
  const unreadable = addresses.filter(
    (address) => !LOGICAL_ID_PATTERN.test(address.split(".").at(-1) ?? ""),
  );
  if (unreadable.length > 0)
    throw new AssumptionError(
      `stack ${stack.node.id} has resources without a readable address: ${unreadable.join(", ")}`,
    );
}
