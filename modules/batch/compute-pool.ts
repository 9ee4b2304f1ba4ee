import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Environment, Pool } from "../config";
import { type Naming, snakeCase } from "../core";
import { type Capacity, ComputeEnvironment } from "./compute-environment";
import type { HostRole } from "./host-role";
import { HostTemplate } from "./host-template";
import { JobQueue } from "./job-queue";

/** Props of {@link ComputePool}. */
export interface ComputePoolProps {
  readonly naming: Naming;
  readonly awsProvider: Environment["awsProvider"];
  readonly name: string;
  readonly pool: Pool;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** Of EC2 pools. */
  readonly hostRole: HostRole | undefined;
  readonly scratchKeyArn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Capacity of the compute environments of each kind of pool, in the order in which the standard queue tries them. */
export const POOL_CAPACITIES: Readonly<Record<Pool["kind"], readonly Capacity[]>> = {
  "ec2-spot-fallback": ["spot", "on-demand"],
  ec2: ["on-demand"],
  fargate: ["fargate"],
  "fargate-spot": ["fargate-spot", "fargate"],
};

/**
 * A named pool: the queue `standard`, which tries the cheap capacity first, and the queue `on-demand` for what must not
 * be interrupted again, on the same compute environments.
 */
export class ComputePool extends Construct {
  readonly standard: JobQueue;
  readonly onDemand: JobQueue;

  constructor(scope: Construct, id: string, props: ComputePoolProps) {
    super(scope, id);
    const { naming, name } = props;
    const environments = this.createEnvironments(props);
    this.standard = new JobQueue(this, "Standard", {
      naming,
      thing: `${name}-standard`,
      priority: 10,
      computeEnvironments: environments,
    });
    this.onDemand = new JobQueue(this, "OnDemand", {
      naming,
      thing: `${name}-on-demand`,
      priority: 20,
      computeEnvironments: environments.slice(-1),
    });
  }

  private createEnvironments(props: ComputePoolProps): ComputeEnvironment[] {
    const { naming, name, pool, hostRole } = props;
    const template =
      hostRole === undefined
        ? undefined
        : new HostTemplate(this, "Hosts", {
            naming,
            pool: name,
            scratchGib: pool.scratchGib,
            kmsKeyArn: props.scratchKeyArn,
            tags: props.tags,
          });
    const dependsOn: ITerraformDependable[] =
      hostRole === undefined ? [] : [...hostRole.role.policies, hostRole.profile];
    return POOL_CAPACITIES[pool.kind].map(
      (capacity) =>
        new ComputeEnvironment(this, capacity, {
          naming,
          awsProvider: props.awsProvider,
          poolName: name,
          pool,
          capacity,
          subnetIds: props.subnetIds,
          securityGroupId: props.securityGroupId,
          hosts:
            hostRole === undefined || template === undefined
              ? undefined
              : { profileArn: hostRole.profileArn, template },
          dependsOn,
          logicalId: `${snakeCase(name)}_${snakeCase(capacity)}`,
        }),
    );
  }
}
