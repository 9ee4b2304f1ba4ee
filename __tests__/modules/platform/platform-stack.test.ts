import { PlatformStack } from "../../../modules/platform";
import { testEnvironment } from "../../support/environment";
import { Template } from "../../support/template";

const of = (...changes: Parameters<typeof testEnvironment>): Template =>
  Template.of((app) => new PlatformStack(app, testEnvironment(...changes)));

describe("addresses", () => {
  // A changed address destroys and creates: whoever changes this list ships `moved` blocks.
  test("of a platform with one pool and a NAT gateway", () => {
    expect(of().addresses()).toMatchSnapshot();
  });

  test("a Fargate pool needs no hosts", () => {
    const addresses = of({ pools: { tasks: { kind: "fargate" } } }).addresses();
    expect(
      addresses.filter((address) => /launch_template|instance_profile|role/u.test(address)),
    ).toEqual([]);
    expect(addresses.filter((address) => address.startsWith("aws_batch_"))).toEqual([
      "aws_batch_compute_environment.tasks_fargate",
      "aws_batch_job_queue.tasks_on_demand",
      "aws_batch_job_queue.tasks_standard",
      "aws_batch_scheduling_policy.tasks_on_demand",
      "aws_batch_scheduling_policy.tasks_standard",
    ]);
  });

  test("an existing network is only referred to", () => {
    const template = of({
      network: { kind: "existing", vpcId: "vpc-12345678", subnetIds: ["subnet-12345678"] },
    });
    expect(
      template
        .addresses()
        .filter((address) => /aws_(vpc|subnet|nat|route|internet|eip)[._]/u.test(address)),
    ).toEqual([
      "aws_vpc_security_group_egress_rule.jobs_out",
      "aws_vpc_security_group_ingress_rule.file_system_in",
    ]);
    // By its id, not its place in the list: a list in another order changes nothing.
    expect(template.resource("aws_efs_mount_target", "staging_subnet_12345678")["subnet_id"]).toBe(
      "subnet-12345678",
    );
  });
});

describe("retention", () => {
  const families = [
    "aws_s3_bucket",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_efs_file_system",
    "aws_efs_file_system_policy",
    "aws_ecr_repository",
  ];

  test("Terraform refuses to destroy what is stateful, as a family", () => {
    const template = of();
    for (const type of families)
      for (const resource of Object.values(template.resources(type)))
        expect({ type, lifecycle: resource["lifecycle"] }).toEqual({
          type,
          lifecycle: { prevent_destroy: true },
        });
    expect(template.resource("aws_s3_bucket", "ledger")["force_destroy"]).toBe(false);
    expect(template.resource("aws_kms_key", "data")["lifecycle"]).toEqual({
      prevent_destroy: true,
    });
  });

  test("a disposable environment can be destroyed with its data", () => {
    const template = of({ disposable: true });
    expect(JSON.stringify(template.json)).not.toContain("prevent_destroy");
    expect(template.resource("aws_s3_bucket", "ledger")["force_destroy"]).toBe(true);
  });
});

describe("policies", () => {
  test("none refers to another resource, so all are known before anything exists", () => {
    const template = of();
    const documents = [
      ["aws_kms_key", "policy"],
      ["aws_s3_bucket_policy", "policy"],
      ["aws_efs_file_system_policy", "policy"],
      ["aws_sns_topic_policy", "policy"],
      ["aws_vpc_endpoint", "policy"],
      ["aws_iam_role", "assume_role_policy"],
      ["aws_iam_role_policy", "policy"],
    ] as const;
    const unknown = documents.flatMap(([type, attribute]) =>
      Object.entries(template.resources(type))
        .filter(([, resource]) => JSON.stringify(resource[attribute] ?? "").includes("${"))
        .map(([id]) => `${type}.${id}`),
    );
    expect(unknown).toEqual([]);
  });

  test("the host's role joins clusters of Batch and nothing else", () => {
    const { Statement } = of().policy("aws_iam_role_policy", "host");
    expect(Statement.flatMap((statement) => statement.Action).sort()).toEqual([
      "ecs:DeregisterContainerInstance",
      "ecs:DiscoverPollEndpoint",
      "ecs:Poll",
      "ecs:RegisterContainerInstance",
      "ecs:StartTelemetrySession",
      "ecs:SubmitContainerStateChange",
      "ecs:SubmitTaskStateChange",
      "ecs:UpdateContainerInstancesState",
    ]);
    expect(of().resource("aws_iam_role", "host")).toMatchObject({
      path: "/acme/test/platform/",
      permissions_boundary:
        "arn:aws:iam::111122223333:policy/acme/test/bootstrap/acme--test--bootstrap--boundary",
    });
  });

  test("a boundary of the user's own is used as it is", () => {
    const arn = "arn:aws:iam::111122223333:policy/org/limit";
    expect(
      of({ boundary: { kind: "existing", arn } }).resource("aws_iam_role", "host")[
        "permissions_boundary"
      ],
    ).toBe(arn);
  });

  test("the file system's policy only refuses", () => {
    const { Statement } = of().policy("aws_efs_file_system_policy", "staging");
    expect(Statement.map(({ Effect, Sid }) => `${Effect} ${String(Sid)}`)).toEqual([
      "Deny TlsOnly",
      "Deny ByAccessPointOnly",
      "Deny ByMountTargetOnly",
      "Deny NeverAsRoot",
    ]);
  });

  test("the disk key names roles that may not exist yet by a condition, never as principals", () => {
    const { Statement } = of().policy("aws_kms_key", "scratch");
    expect(Statement.map(({ Principal }) => Principal)).toEqual([
      { AWS: "arn:aws:iam::111122223333:root" },
      { AWS: "*" },
      { AWS: "*" },
    ]);
    for (const statement of Statement.slice(1))
      expect(statement.Condition).toMatchObject({
        ArnEquals: {
          "aws:PrincipalArn": [
            "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
            "arn:aws:iam::111122223333:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
          ],
        },
        StringEquals: { "kms:CallerAccount": "111122223333" },
      });
  });
});

describe("network", () => {
  test("nothing has a public address, and the default group is empty", () => {
    const template = of();
    for (const subnet of Object.values(template.resources("aws_subnet")))
      expect(subnet["map_public_ip_on_launch"]).toBe(false);
    expect(Object.keys(template.only("aws_default_security_group")).sort()).toEqual([
      "//",
      "tags",
      "vpc_id",
    ]);
  });

  test("interface endpoints instead of a NAT gateway", () => {
    const template = of({
      network: {
        kind: "create",
        availabilityZones: ["eu-central-1a", "eu-central-1b"],
        egress: "endpoints",
      },
    });
    expect(
      template.addresses().filter((address) => /nat_gateway|internet_gateway|eip/u.test(address)),
    ).toEqual([]);
    expect(Object.keys(template.resources("aws_vpc_endpoint")).sort()).toEqual([
      "ecr_api",
      "ecr_dkr",
      "ecs",
      "ecs_agent",
      "ecs_telemetry",
      "lambda",
      "logs",
      "s3",
      "secretsmanager",
      "ssm",
    ]);
  });
});

describe("pools", () => {
  test("Spot first, then on-demand; and a queue for on-demand alone", () => {
    const template = of();
    const order = (queue: string): unknown =>
      template.resource("aws_batch_job_queue", queue)["compute_environment_order"];
    expect(order("general_standard")).toEqual([
      { order: 1, compute_environment: "${aws_batch_compute_environment.general_spot.arn}" },
      { order: 2, compute_environment: "${aws_batch_compute_environment.general_on_demand.arn}" },
    ]);
    expect(order("general_on_demand")).toEqual([
      { order: 1, compute_environment: "${aws_batch_compute_environment.general_on_demand.arn}" },
    ]);
  });

  test("every queue shares fairly", () => {
    const template = of();
    for (const [id, queue] of Object.entries(template.resources("aws_batch_job_queue")))
      expect(queue["scheduling_policy_arn"]).toBe(`\${aws_batch_scheduling_policy.${id}.arn}`);
  });

  test("compute environments can be changed in place", () => {
    const environment = of().resource("aws_batch_compute_environment", "general_spot");
    expect(environment).toMatchObject({
      compute_environment_name_prefix: "acme--test--platform--general-spot-",
      lifecycle: { create_before_destroy: true },
      update_policy: { job_execution_timeout_minutes: 360, terminate_jobs_on_update: false },
      compute_resources: {
        allocation_strategy: "SPOT_CAPACITY_OPTIMIZED",
        ec2_configuration: [{ image_type: "ECS_AL2023" }],
        instance_type: ["c6i", "c7i", "m5", "m6i", "m7i", "r6i"],
        launch_template: {
          launch_template_id: "${aws_launch_template.general.id}",
          version: "${aws_launch_template.general.latest_version}",
        },
        max_vcpus: 64,
        min_vcpus: 0,
        type: "SPOT",
      },
    });
    expect(environment).not.toHaveProperty("service_role");
    expect(environment["compute_resources"]).not.toHaveProperty("desired_vcpus");
  });

  test("version 6 of the provider: the name's argument and the Spot strategy differ, nothing else", () => {
    const five = of().json;
    const six = of({ awsProvider: "6" }).json;
    expect(differences(five, six)).toEqual([
      "resource.aws_batch_compute_environment.general_on_demand.compute_environment_name_prefix",
      "resource.aws_batch_compute_environment.general_on_demand.name_prefix",
      "resource.aws_batch_compute_environment.general_spot.compute_environment_name_prefix",
      "resource.aws_batch_compute_environment.general_spot.compute_resources.allocation_strategy",
      "resource.aws_batch_compute_environment.general_spot.name_prefix",
      "terraform.required_providers.aws.version",
    ]);
  });
});

test("no job that failed is told by itself: its order's own alert tells it once, when it is not submitted anew", () => {
  const targets = Object.values(of().resources("aws_cloudwatch_event_target"));
  expect(targets.filter(({ arn }) => String(arn).includes(":sns:"))).toEqual([]);
});

function differences(a: unknown, b: unknown, path = ""): string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return [path];
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((key) => key !== "//")
    .sort()
    .flatMap((key) => differences(left[key], right[key], path === "" ? key : `${path}.${key}`));
}
