import type { Deployment, HostUse, StartUse } from "../deployment";
import type { AwsCall, PlainCall } from "./call";
import { secretRequests } from "./secret-requests";

/** What ECS does to start a container: image, log, secrets. */
export function startCalls(use: StartUse, { world }: Deployment): AwsCall[] {
  const { role, repository, logGroup, step, secrets } = use;
  const arn = (service: string, resource: string): string =>
    `arn:${world.partition}:${service}:${world.region}:${world.account}:${resource}`;
  const plain = (say: string, call: PlainCall): AwsCall => ({
    role,
    say,
    known: "modelled",
    call,
  });
  const stream = arn("logs", `log-group:${logGroup}:log-stream:${step}/default/0a1b2c3d`);
  return [
    plain("log in to the registry", { action: "ecr:GetAuthorizationToken", resource: "*" }),
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    ...["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"].map(
      (action) =>
        plain("pull the image", { action, resource: arn("ecr", `repository/${repository}`) }),
    ),
    ...["logs:CreateLogStream", "logs:PutLogEvents"].map((action) =>
      plain("write the container's log", { action, resource: stream }),
    ),
    ...secrets.flatMap((secret) =>
      secretRequests(secret, world.region).map((one) => plain("read a secret", one)),
    ),
  ];
}

/**
 * What the ECS agent of a host calls.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
 */
export function hostCalls(
  { role, computeEnvironments }: HostUse,
  { world }: Deployment,
): AwsCall[] {
  const ecs = (resource: string): string =>
    `arn:${world.partition}:ecs:${world.region}:${world.account}:${resource}`;
  const plain = (say: string, action: string, resource: string): AwsCall => ({
    role,
    say,
    known: "modelled",
    call: { action, resource },
  });
  // Batch names a cluster after its compute environment, after "AWSBatch" in older ones.
  const clusters = computeEnvironments.flatMap((name) => [
    `${name}20260301000000000000000001_Batch_0a1b2c3d`,
    `AWSBatch-${name}20260301-0a1b2c3d`,
  ]);
  return [
    plain("find where to ask for work", "ecs:DiscoverPollEndpoint", "*"),
    ...clusters.flatMap((cluster) => [
      ...[
        "ecs:DeregisterContainerInstance",
        "ecs:RegisterContainerInstance",
        "ecs:SubmitContainerStateChange",
        "ecs:SubmitTaskStateChange",
      ].map((action) =>
        plain("join the cluster and tell of tasks", action, ecs(`cluster/${cluster}`)),
      ),
      ...["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"].map(
        (action) => plain("take work", action, ecs(`container-instance/${cluster}/0a1b2c3d4e5f`)),
      ),
    ]),
  ];
}
