import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";
import { type Grant, WorkloadRole } from "../iam";

/** Props of {@link HostRole}. */
export interface HostRoleProps {
  readonly naming: Naming;
  readonly boundaryArn: string;
}

/**
 * The role of the hosts: what the ECS agent needs, on clusters that Batch made, and nothing else. Images are pulled and
 * logs are written by each job's own execution role. Creates a role and `aws_iam_instance_profile`.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
 */
export class HostRole extends Construct {
  readonly role: WorkloadRole;
  readonly profile: IamInstanceProfile;
  /** Literal, known at plan time. */
  readonly profileArn: string;

  constructor(scope: Construct, id: string, { naming, boundaryArn }: HostRoleProps) {
    super(scope, id);
    this.role = new WorkloadRole(this, "Role", {
      naming,
      owner: "platform",
      thing: "host",
      trust: { service: "ec2" },
      grants: agentGrants(naming),
      boundaryArn,
      description: "ECS agent of the hosts that partner jobs run on",
      logicalId: "host",
    });
    const name = naming.name("instanceProfile", "platform", "host");
    this.profile = withLogicalId(
      new IamInstanceProfile(this, "Profile", {
        name,
        path: naming.path("platform"),
        role: this.role.role.name,
      }),
      "host",
    );
    this.profileArn = naming.globalArn("iam", `instance-profile${naming.path("platform")}${name}`);
  }
}

function agentGrants(naming: Naming): Grant[] {
  const from = "pools";
  // Batch names its clusters after the compute environment, which begins with our prefix, or "AWSBatch".
  const { prefix, environment } = naming.scope;
  const clusters = [`AWSBatch*`, `${prefix}--${environment}--platform--*`];
  return [
    {
      id: "FindEndpoint",
      actions: ["ecs:DiscoverPollEndpoint"],
      resources: { any: true, reason: "no-resource-types" },
      why: "find the address that the ECS agent talks to",
      from,
    },
    {
      id: "JoinCluster",
      actions: ["ecs:DeregisterContainerInstance", "ecs:RegisterContainerInstance"],
      resources: clusters.map((cluster) => naming.arn("ecs", `cluster/${cluster}`)),
      why: "join and leave the cluster of its compute environment",
      from,
    },
    {
      id: "RunTasks",
      actions: [
        "ecs:Poll",
        "ecs:StartTelemetrySession",
        "ecs:SubmitContainerStateChange",
        "ecs:SubmitTaskStateChange",
        "ecs:UpdateContainerInstancesState",
      ],
      resources: clusters.flatMap((cluster) => [
        naming.arn("ecs", `cluster/${cluster}`),
        naming.arn("ecs", `container-instance/${cluster}`),
        naming.arn("ecs", `container-instance/${cluster}/*`),
      ]),
      why: "take tasks and tell how they go",
      from,
    },
  ];
}
