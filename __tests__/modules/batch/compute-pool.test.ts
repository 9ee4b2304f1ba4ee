import { ComputePool, HostRole } from "../../../modules/batch";
import { type Environment, type EnvironmentInput } from "../../../modules/config";
import { testEnvironment } from "../../support/environment";
import { naming, templateOf } from "../../support/platform-scope";
import type { Template } from "../../support/template";

type PoolInput = EnvironmentInput["pools"][string];

function of(input: PoolInput, awsProvider: Environment["awsProvider"] = "5.100"): Template {
  const pool = testEnvironment({ pools: { main: input } }).pools["main"];
  if (pool === undefined) throw new Error("the environment has no pool");
  return templateOf((scope) => {
    const hostRole = pool.kind.startsWith("fargate")
      ? undefined
      : new HostRole(scope, "Host", { naming, boundaryArn: "arn:boundary" });
    new ComputePool(scope, "Pool", {
      naming,
      awsProvider,
      name: "main",
      pool,
      subnetIds: ["subnet-a", "subnet-b"],
      securityGroupId: "sg-1",
      hostRole,
      scratchKeyArn: "arn:key",
      tags: { "partner-ingest:owner": "platform" },
    });
  });
}

const environments = (template: Template): string[] =>
  Object.keys(template.resources("aws_batch_compute_environment"));
const order = (template: Template, queue: string): unknown[] =>
  template.resource("aws_batch_job_queue", queue)["compute_environment_order"] as unknown[];

describe("kinds of pools", () => {
  test.each([
    ["ec2-spot-fallback", ["main_spot", "main_on_demand"], "main_on_demand"],
    ["ec2", ["main_on_demand"], "main_on_demand"],
    ["fargate", ["main_fargate"], "main_fargate"],
    ["fargate-spot", ["main_fargate_spot", "main_fargate"], "main_fargate"],
  ] as const)("%s", (kind, standard, onDemand) => {
    const template = of({ kind });
    const ordered = (ids: readonly string[]): unknown[] =>
      ids.map((id, index) => ({
        order: index + 1,
        compute_environment: `\${aws_batch_compute_environment.${id}.arn}`,
      }));
    expect(environments(template).sort()).toEqual([...standard].sort());
    expect(order(template, "main_standard")).toEqual(ordered(standard));
    expect(order(template, "main_on_demand")).toEqual(ordered([onDemand]));
  });
});

describe("compute environments", () => {
  test("of hosts, on-demand: defaults", () => {
    expect(of({}).values("aws_batch_compute_environment", "main_on_demand")).toEqual({
      compute_environment_name_prefix: "acme--test--platform--main-on-demand-",
      type: "MANAGED",
      state: "ENABLED",
      compute_resources: {
        type: "EC2",
        allocation_strategy: "BEST_FIT_PROGRESSIVE",
        min_vcpus: 0,
        max_vcpus: 64,
        instance_role:
          "arn:aws:iam::111122223333:instance-profile/acme/test/platform/acme--test--platform--host",
        instance_type: ["c6i", "c7i", "m5", "m6i", "m7i", "r6i"],
        ec2_configuration: [{ image_type: "ECS_AL2023" }],
        launch_template: {
          launch_template_id: "${aws_launch_template.main.id}",
          version: "${aws_launch_template.main.latest_version}",
        },
        subnets: ["subnet-a", "subnet-b"],
        security_group_ids: ["sg-1"],
      },
      update_policy: { terminate_jobs_on_update: false, job_execution_timeout_minutes: 360 },
      // Its role's policies must outlive it.
      depends_on: ["aws_iam_role_policy.host", "aws_iam_instance_profile.host"],
      lifecycle: { create_before_destroy: true },
    });
  });

  test("of Fargate: no hosts, no policy of updating hosts", () => {
    const template = of({ kind: "fargate-spot", maxVcpus: 16 });
    const common = {
      type: "MANAGED",
      state: "ENABLED",
      depends_on: [],
      lifecycle: { create_before_destroy: true },
    };
    const resources = {
      max_vcpus: 16,
      subnets: ["subnet-a", "subnet-b"],
      security_group_ids: ["sg-1"],
    };
    expect(template.values("aws_batch_compute_environment", "main_fargate_spot")).toEqual({
      ...common,
      compute_environment_name_prefix: "acme--test--platform--main-fargate-spot-",
      compute_resources: { ...resources, type: "FARGATE_SPOT" },
    });
    expect(template.values("aws_batch_compute_environment", "main_fargate")).toEqual({
      ...common,
      compute_environment_name_prefix: "acme--test--platform--main-fargate-",
      compute_resources: { ...resources, type: "FARGATE" },
    });
    expect(template.resources("aws_launch_template")).toEqual({});
  });

  test("of the pool's own families, sorted: their order is no change", () => {
    const types = (families: string[]): unknown => {
      const { compute_resources: resources } = of({ families }).resource(
        "aws_batch_compute_environment",
        "main_spot",
      );
      return (resources as { instance_type: unknown }).instance_type;
    };
    expect(types(["r6i", "c5"])).toEqual(["c5", "r6i"]);
    expect(types(["c5", "r6i"])).toEqual(["c5", "r6i"]);
  });

  test("of arm64 have families of arm64", () => {
    expect(
      of({ architecture: "arm64" }).resource("aws_batch_compute_environment", "main_spot"),
    ).toMatchObject({
      compute_resources: { instance_type: ["c6g", "c7g", "m6g", "m7g", "r6g", "r7g"] },
    });
  });

  test("version 6 of the provider changes the name's argument on Fargate too", () => {
    const environment = of({ kind: "fargate" }, "6").resource(
      "aws_batch_compute_environment",
      "main_fargate",
    );
    expect(environment["name_prefix"]).toBe("acme--test--platform--main-fargate-");
    expect(environment).not.toHaveProperty("compute_environment_name_prefix");
  });
});

describe("queues", () => {
  test("share fairly, forget a day's usage, and end what waits for what will not come", () => {
    const template = of({});
    const limit = (reason: string): unknown => ({
      action: "CANCEL",
      max_time_seconds: 3600,
      reason,
      state: "RUNNABLE",
    });
    expect(template.values("aws_batch_job_queue", "main_on_demand")).toEqual({
      name: "acme--test--platform--main-on-demand",
      state: "ENABLED",
      priority: 20,
      scheduling_policy_arn: "${aws_batch_scheduling_policy.main_on_demand.arn}",
      compute_environment_order: order(template, "main_on_demand"),
      job_state_time_limit_action: [
        limit("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"),
        limit("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"),
        limit("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
      ],
    });
    expect(template.values("aws_batch_scheduling_policy", "main_on_demand")).toEqual({
      name: "acme--test--platform--main-on-demand",
      fair_share_policy: { compute_reservation: 0, share_decay_seconds: 86400 },
    });
  });

  test("what was interrupted before is served first", () => {
    const template = of({});
    const priority = (queue: string): number =>
      Number(template.resource("aws_batch_job_queue", queue)["priority"]);
    expect(priority("main_on_demand")).toBeGreaterThan(priority("main_standard"));
  });

  test("names and ARNs are literal", () => {
    templateOf((scope) => {
      const { standard } = new ComputePool(scope, "Pool", {
        naming,
        awsProvider: "5.100",
        name: "main",
        pool: {
          kind: "fargate",
          architecture: "x86_64",
          maxVcpus: 4,
          scratchGib: 30,
          tenancy: "shared",
        },
        subnetIds: ["subnet-a"],
        securityGroupId: "sg-1",
        hostRole: undefined,
        scratchKeyArn: "arn:key",
        tags: {},
      });
      expect(standard.queueName).toBe("acme--test--platform--main-standard");
      expect(standard.arn).toBe(
        "arn:aws:batch:eu-central-1:111122223333:job-queue/acme--test--platform--main-standard",
      );
    });
  });
});

describe("hosts", () => {
  test("have an encrypted disk of the pool's size, and a metadata service that containers do not reach", () => {
    const template = of({ scratchGib: 500 });
    const { user_data: userData, ...host } = template.resource("aws_launch_template", "main");
    expect(host).toMatchObject({
      name: "acme--test--platform--pool-main",
      update_default_version: true,
      metadata_options: {
        http_endpoint: "enabled",
        http_tokens: "required",
        http_put_response_hop_limit: 1,
        instance_metadata_tags: "disabled",
      },
      block_device_mappings: [
        {
          device_name: "/dev/xvda",
          ebs: {
            volume_size: 500,
            volume_type: "gp3",
            encrypted: "true",
            kms_key_id: "arn:key",
            delete_on_termination: "true",
          },
        },
      ],
    });
    expect(Buffer.from(String(userData), "base64").toString()).toContain("MIME-Version: 1.0");
  });

  test("and their disks bear the tags, which the provider's default tags do not reach", () => {
    const tags = {
      Name: "acme--test--platform--pool-main",
      "partner-ingest:owner": "platform",
    };
    expect(of({}).resource("aws_launch_template", "main")["tag_specifications"]).toEqual([
      { resource_type: "instance", tags },
      { resource_type: "volume", tags },
    ]);
  });

  test("do not choose what Batch chooses: image, type, network, market", () => {
    expect(Object.keys(of({}).resource("aws_launch_template", "main")).sort()).toEqual([
      "//",
      "block_device_mappings",
      "metadata_options",
      "monitoring",
      "name",
      "tag_specifications",
      "update_default_version",
      "user_data",
    ]);
  });
});
