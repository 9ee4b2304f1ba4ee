import type { Construct } from "constructs";
import type { Environment } from "../config";
import type { Naming } from "../core";
import { CreatedNetwork } from "./created-network";
import { SecurityGroups } from "./security-groups";

/** Where jobs run: the ids that everything else needs. Some are known after apply. */
export interface Network {
  readonly vpcId: string;
  /** Private subnets by zone; of an existing network by their own ids. */
  readonly subnets: Readonly<Record<string, string>>;
  readonly jobsSecurityGroupId: string;
  readonly fileSystemSecurityGroupId: string;
}

/** Creates the network of an environment, or takes the existing one; the security groups are always ours. */
export function createNetwork(scope: Construct, environment: Environment, naming: Naming): Network {
  const settings = environment.network;
  const place =
    settings.kind === "create"
      ? new CreatedNetwork(scope, "Network", { naming, settings })
      : {
          vpcId: settings.vpcId,
          subnets: Object.fromEntries(settings.subnetIds.map((id) => [id, id])),
          endpoints: undefined,
        };
  const groups = new SecurityGroups(scope, "SecurityGroups", { naming, vpcId: place.vpcId });
  place.endpoints?.(groups.endpoints());
  return {
    vpcId: place.vpcId,
    subnets: place.subnets,
    jobsSecurityGroupId: groups.jobs.id,
    fileSystemSecurityGroupId: groups.fileSystem.id,
  };
}
