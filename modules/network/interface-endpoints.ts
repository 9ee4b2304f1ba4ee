import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import type { Construct } from "constructs";
import { type Naming, snakeCase, withLogicalId } from "../core";

/**
 * Services that hosts and jobs call besides S3: the ECS agent, images, logs, secrets, and the trigger for listing steps.
 * The file system needs none: NFS goes to the mount targets, which are in the network.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/vpc-interface-endpoints.html
 */
export const INTERFACE_ENDPOINTS = [
  "ecr.api",
  "ecr.dkr",
  "ecs",
  "ecs-agent",
  "ecs-telemetry",
  "lambda",
  "logs",
  "secretsmanager",
  "ssm",
] as const;

/** Settings of {@link createInterfaceEndpoints}. */
export interface InterfaceEndpointsSettings {
  readonly naming: Naming;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroup: string;
}

/** Interface endpoints in every subnet: AWS is reached without the internet. Each costs by the hour and zone. */
export function createInterfaceEndpoints(
  scope: Construct,
  { naming, vpcId, subnetIds, securityGroup }: InterfaceEndpointsSettings,
): void {
  for (const service of INTERFACE_ENDPOINTS)
    withLogicalId(
      new VpcEndpoint(scope, `Endpoint-${service}`, {
        vpcId,
        serviceName: `com.amazonaws.${naming.scope.region}.${service}`,
        vpcEndpointType: "Interface",
        subnetIds: [...subnetIds],
        securityGroupIds: [securityGroup],
        privateDnsEnabled: true,
        tags: { Name: naming.name("tag", "platform", service.replace(".", "-")) },
      }),
      snakeCase(service.replace(".", "-")),
    );
}
