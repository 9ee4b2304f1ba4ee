import {
  BatchComputeEnvironment,
  type BatchComputeEnvironmentComputeResources,
} from "@cdktf/provider-aws/lib/batch-compute-environment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Environment, Pool } from "../config";
import { type Naming, withLogicalId } from "../core";
import type { HostTemplate } from "./host-template";
import { DEFAULT_FAMILIES } from "./instance-families";

/** How a compute environment gets its capacity. */
export type Capacity = "spot" | "on-demand" | "fargate" | "fargate-spot";

/** Props of {@link ComputeEnvironment}. */
export interface ComputeEnvironmentProps {
  readonly naming: Naming;
  readonly awsProvider: Environment["awsProvider"];
  readonly poolName: string;
  readonly pool: Pool;
  readonly capacity: Capacity;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** EC2 only: who the hosts are and what they are made of. */
  readonly hosts?: { readonly profileArn: string; readonly template: HostTemplate } | undefined;
  /** What must outlive it: it can not be deleted once its role's policies are gone. */
  readonly dependsOn: readonly ITerraformDependable[];
  readonly logicalId: string;
}

/**
 * A managed compute environment that can be changed in place: no service role (the service-linked one acts), an
 * allocation strategy that allows it, and always one launch template and one image block, because adding one later
 * replaces it. What still replaces it comes with a new name before the old one goes, so that queues can move over.
 * Creates `aws_batch_compute_environment`.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html
 */
export class ComputeEnvironment extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: ComputeEnvironmentProps) {
    super(scope, id);
    const { naming, poolName, capacity } = props;
    const namePrefix = `${naming.name("batch", "platform", `${poolName}-${capacity}`)}-`;
    const environment = withLogicalId(
      new BatchComputeEnvironment(this, "ComputeEnvironment", {
        ...(props.awsProvider === "5.100" ? { computeEnvironmentNamePrefix: namePrefix } : {}),
        type: "MANAGED",
        state: "ENABLED",
        computeResources: this.resources(props),
        ...(props.hosts === undefined
          ? {}
          : {
              // The provider shows a change for ever when one of the two is left out.
              updatePolicy: { terminateJobsOnUpdate: false, jobExecutionTimeoutMinutes: 360 },
            }),
        dependsOn: [...props.dependsOn],
        lifecycle: { createBeforeDestroy: true },
      }),
      props.logicalId,
    );
    // Version 6 of the provider renamed the argument; the bindings are those of version 5.
    if (props.awsProvider === "6") environment.addOverride("name_prefix", namePrefix);
    this.arn = environment.arn;
  }

  private resources(props: ComputeEnvironmentProps): BatchComputeEnvironmentComputeResources {
    const { pool, capacity, hosts } = props;
    const common = {
      maxVcpus: pool.maxVcpus,
      subnets: [...props.subnetIds],
      securityGroupIds: [props.securityGroupId],
    };
    if (hosts === undefined)
      return { ...common, type: capacity === "fargate-spot" ? "FARGATE_SPOT" : "FARGATE" };
    return {
      ...common,
      type: capacity === "spot" ? "SPOT" : "EC2",
      allocationStrategy: allocationStrategy(capacity, props.awsProvider),
      minVcpus: 0,
      instanceRole: hosts.profileArn,
      instanceType: [...(pool.families ?? DEFAULT_FAMILIES[pool.architecture])].sort(),
      ec2Configuration: [{ imageType: "ECS_AL2023" }],
      launchTemplate: {
        launchTemplateId: hosts.template.template.id,
        version: hosts.template.version,
      },
    };
  }
}

/**
 * With version 5 of the provider an environment that weighs price and capacity is replaced by any change; one that goes
 * by capacity alone is changed in place.
 * @see https://github.com/hashicorp/terraform-provider-aws/pull/40148
 */
function allocationStrategy(capacity: Capacity, provider: Environment["awsProvider"]): string {
  if (capacity !== "spot") return "BEST_FIT_PROGRESSIVE";
  return provider === "5.100" ? "SPOT_CAPACITY_OPTIMIZED" : "SPOT_PRICE_CAPACITY_OPTIMIZED";
}
