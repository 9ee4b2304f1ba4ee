import { s3Object, schedule, type PartnerInput } from "../../../modules/config";
import { testEnvironment } from "../../support/environment";
import { messageOf, partnerInput } from "../../support/partner";
import { containerOf, partnerTemplate } from "../../support/partner-template";

const everything: Partial<PartnerInput> = {
  triggers: {
    dropped: s3Object({ bucket: "landing", prefix: "orders/", suffix: ".order" }),
    look: schedule({ cron: "rate(1 hour)", timezone: "Asia/Seoul", starts: "discovery" }),
  },
  discovery: {
    look: {
      kind: "list",
      program: ["/opt/acme/list"],
      isolation: { sharedHost: "our own program" },
    },
  },
};

test("the addresses of everything that a partner can have: a changed one is destroyed and made anew", () => {
  expect(partnerTemplate(everything).addresses()).toEqual([
    "aws_batch_job_definition.fetch",
    "aws_batch_job_definition.look",
    "aws_batch_job_definition.publish",
    "aws_cloudwatch_event_rule.objects_dropped",
    "aws_cloudwatch_event_target.objects_dropped",
    "aws_cloudwatch_log_group.jobs",
    "aws_cloudwatch_log_group.trigger",
    "aws_cloudwatch_metric_alarm.dead_letters",
    "aws_cloudwatch_metric_alarm.fetch_slow",
    "aws_cloudwatch_metric_alarm.look_slow",
    "aws_cloudwatch_metric_alarm.publish_memory",
    "aws_cloudwatch_metric_alarm.publish_slow",
    "aws_cloudwatch_metric_alarm.trigger_errors",
    "aws_efs_access_point.staging",
    "aws_iam_role.exec_fetch",
    "aws_iam_role.exec_look",
    "aws_iam_role.exec_publish",
    "aws_iam_role.job_fetch",
    "aws_iam_role.job_look",
    "aws_iam_role.job_publish",
    "aws_iam_role.scheduler",
    "aws_iam_role.trigger",
    "aws_iam_role_policy.exec_fetch",
    "aws_iam_role_policy.exec_look",
    "aws_iam_role_policy.exec_publish",
    "aws_iam_role_policy.job_fetch",
    "aws_iam_role_policy.job_fetch_mount_staging",
    "aws_iam_role_policy.job_look",
    "aws_iam_role_policy.job_publish",
    "aws_iam_role_policy.job_publish_mount_staging",
    "aws_iam_role_policy.scheduler",
    "aws_iam_role_policy.trigger",
    "aws_lambda_function.trigger",
    "aws_lambda_function_event_invoke_config.trigger",
    "aws_lambda_permission.objects_dropped",
    "aws_s3_bucket.landing",
    "aws_s3_bucket.processed",
    "aws_s3_bucket_lifecycle_configuration.landing",
    "aws_s3_bucket_lifecycle_configuration.processed",
    "aws_s3_bucket_notification.landing",
    "aws_s3_bucket_ownership_controls.landing",
    "aws_s3_bucket_ownership_controls.processed",
    "aws_s3_bucket_policy.landing",
    "aws_s3_bucket_policy.processed",
    "aws_s3_bucket_public_access_block.landing",
    "aws_s3_bucket_public_access_block.processed",
    "aws_s3_bucket_server_side_encryption_configuration.landing",
    "aws_s3_bucket_server_side_encryption_configuration.processed",
    "aws_s3_bucket_versioning.landing",
    "aws_s3_bucket_versioning.processed",
    "aws_s3_object.current_spec",
    "aws_scheduler_schedule.schedule_look",
    "aws_scheduler_schedule_group.schedules",
    "aws_sqs_queue.dead_letters",
    "aws_sqs_queue_policy.dead_letters",
  ]);
});

test("the trigger is told the revisions by Terraform, nothing else is left open", () => {
  const { environment } = partnerTemplate(everything).resource("aws_lambda_function", "trigger");
  expect(environment).toEqual({
    variables: {
      PARTNER_INGEST_JOB_DEFINITION_REVISIONS:
        '${jsonencode({"fetch" = aws_batch_job_definition.fetch.revision, "look" = aws_batch_job_definition.look.revision, "publish" = aws_batch_job_definition.publish.revision})}',
    },
  });
});

test("the spec lies in the ledger as a file of the stack, without tags", () => {
  const template = partnerTemplate(everything);
  expect(template.resource("aws_s3_object", "current_spec")).toMatchObject({
    key: "acme/spec/current.json",
    source: "spec.json",
    content_type: "application/json",
    override_provider: { default_tags: { tags: {} } },
  });
});

describe("a job definition", () => {
  const template = partnerTemplate(everything);

  it("keeps its older revisions, propagates tags, and ends what runs too long", () => {
    expect(template.resource("aws_batch_job_definition", "fetch")).toMatchObject({
      name: "acme--test--acme--fetch",
      type: "container",
      platform_capabilities: ["EC2"],
      propagate_tags: true,
      deregister_on_new_revision: false,
      retry_strategy: { attempts: 3 },
      timeout: { attempt_duration_seconds: 21600 },
      depends_on: [
        "aws_cloudwatch_log_group.jobs",
        "aws_iam_role.job_fetch",
        "aws_iam_role_policy.job_fetch",
        "aws_iam_role_policy.job_fetch_mount_staging",
        "aws_iam_role.exec_fetch",
        "aws_iam_role_policy.exec_fetch",
      ],
    });
  });

  it("tells the worker its partner, its ledger and its step", () => {
    const environment = containerOf(template, "publish")["environment"] as {
      name: string;
      value: string;
    }[];
    expect(environment.map(({ name }) => name)).toEqual([
      "AWS_REGION",
      "PARTNER_INGEST_DEFINITION_DIGEST",
      "PARTNER_INGEST_LEDGER_BUCKET",
      "PARTNER_INGEST_PARTNER",
      "PARTNER_INGEST_STEP_SETTINGS",
    ]);
    expect(JSON.parse(environment.at(-1)?.value ?? "")).toEqual({
      kind: "publish",
      bucket: expect.stringMatching(/^acme--test--acme--processed--[0-9a-f]{8}$/u) as string,
      prefix: "",
      checksumFiles: [],
      minFiles: 1,
    });
  });

  it("differs in its container where it differs in its timeout alone, which the provider would not plan", () => {
    const digest = (seconds: number): string | undefined => {
      const { steps } = partnerInput();
      const changed = Object.fromEntries(
        Object.entries(steps).map(([name, step]) => [name, { ...step, timeoutSeconds: seconds }]),
      );
      const environment = containerOf(partnerTemplate({ steps: changed }), "publish")[
        "environment"
      ] as { name: string; value: string }[];
      return environment.find(({ name }) => name === "PARTNER_INGEST_DEFINITION_DIGEST")?.value;
    };
    expect(digest(600)).toMatch(/^[0-9a-f]{16}$/u);
    expect(digest(600)).toBe(digest(600));
    expect(digest(601)).not.toBe(digest(600));
  });

  it("mounts staging where files are handed on, and not where none are", () => {
    const volumes = (step: string): unknown[] =>
      (containerOf(template, step)["volumes"] as { name: string }[]).map(({ name }) => name);
    expect(volumes("fetch")).toEqual(["scratch", "staging", "temporary"]);
    expect(volumes("publish")).toEqual(["staging"]);
    expect(volumes("look")).toEqual(["scratch", "temporary"]);
  });

  it("that is larger than Batch takes is an error of the user's step", () => {
    const { steps } = partnerInput();
    const fetch = { ...steps["fetch"], environment: { LIST: "x".repeat(24_000) } } as never;
    expect(messageOf(() => partnerTemplate({ steps: { ...steps, fetch } }))).toMatch(
      /^partners\/acme\.steps\.fetch makes a job definition of about \d{5} bytes, Batch takes 24576; shorten its program or its environment \(at test--acme\/Step-fetch\/Definition\)$/u,
    );
  });
});

describe("one step that does all, on Fargate, with staging that dies with it", () => {
  const environment = testEnvironment({
    pools: { serverless: { kind: "fargate-spot", architecture: "arm64" } },
  });
  const template = partnerTemplate(
    {
      compute: { pool: "serverless", vcpus: 1, memoryMib: 4096 },
      staging: { kind: "scratch", gib: 80 },
      steps: {
        deliver: {
          kind: "deliver",
          program: ["/opt/acme/fetch", "{orderId}"],
          isolation: "fargate",
        },
      },
    },
    environment,
  );

  it("has no way into the shared file system", () => {
    expect(JSON.stringify(template.json)).not.toContain("efs");
    expect(JSON.stringify(template.json)).not.toContain("elasticfilesystem");
  });

  it("has a disk of its own, and is told to stage on it", () => {
    const container = containerOf(template, "deliver");
    expect(container["ephemeralStorage"]).toEqual({ sizeInGiB: 80 });
    expect(container["runtimePlatform"]).toEqual({
      cpuArchitecture: "ARM64",
      operatingSystemFamily: "LINUX",
    });
    expect(container["environment"]).toContainEqual({
      name: "PARTNER_INGEST_STAGING_DIRECTORY",
      value: "/mnt/scratch/staging",
    });
    expect(
      template.resource("aws_batch_job_definition", "deliver")["platform_capabilities"],
    ).toEqual(["FARGATE"]);
  });
});

describe("buckets", () => {
  it("keep and expire what the partner's retention says", () => {
    const template = partnerTemplate({ ...everything, retention: { landing: 7, processed: 400 } });
    const days = (bucket: string): unknown =>
      (
        template.resource("aws_s3_bucket_lifecycle_configuration", bucket)["rule"] as {
          expiration?: { days: number }[];
        }[]
      ).flatMap(({ expiration = [] }) => expiration.map((rule) => rule.days));
    expect([days("landing"), days("processed")]).toEqual([[7], [400]]);
  });

  it("can not be destroyed, but where the environment is disposable", () => {
    expect(partnerTemplate().resource("aws_s3_bucket", "processed")).toMatchObject({
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
    const disposable = partnerTemplate({}, testEnvironment({ disposable: true }));
    expect(disposable.resource("aws_s3_bucket", "processed")).toMatchObject({
      force_destroy: true,
    });
    expect(JSON.stringify(disposable.json)).not.toContain("prevent_destroy");
  });

  it("that exist are only named in permissions", () => {
    const template = partnerTemplate({
      buckets: { processed: { kind: "existing", name: "their-files" } },
    });
    expect(Object.keys(template.resources("aws_s3_bucket"))).toEqual([]);
    const statements = template.policy("aws_iam_role_policy", "job_publish").Statement;
    expect(statements.map(({ Sid }) => Sid)).toEqual([
      "DeliveryList",
      "DeliveryRead",
      "DeliveryWrite",
      "LedgerPut",
      "LockEncrypt",
      "LockPut",
      "LockRead",
    ]);
  });

  it("that exist and have a key are used with that key", () => {
    const kmsKeyArn = "arn:aws:kms:eu-central-1:111122223333:key/theirs";
    const template = partnerTemplate({
      buckets: { processed: { kind: "existing", name: "their-files", kmsKeyArn } },
    });
    const encrypt = template
      .policy("aws_iam_role_policy", "job_publish")
      .Statement.find(({ Sid }) => Sid === "DeliveryEncrypt");
    expect(encrypt?.Resource).toBe(kmsKeyArn);
  });
});

test("a step that nears its limits is told before it fails, in the words of its partner", () => {
  const alarms = partnerTemplate(everything).resources("aws_cloudwatch_metric_alarm");
  expect(alarms["fetch_slow"]).toMatchObject({
    alarm_name: expect.stringMatching(/--acme--fetch-slow$/u) as string,
    metric_name: "DurationSeconds",
    comparison_operator: "GreaterThanOrEqualToThreshold",
    treat_missing_data: "notBreaching",
    dimensions: { environment: "test", partner: "acme", step: "fetch" },
  });
  expect(String(alarms["fetch_slow"]?.["alarm_description"])).toBe(
    `Step fetch of acme took ${String(alarms["fetch_slow"]?.["threshold"])} s or more, of the ${String(Number(alarms["fetch_slow"]?.["threshold"]) / 0.8)} s after which it is ended. Raise steps.fetch.timeoutSeconds if the partner sends more than before; the dashboard tells how much it moves`,
  );
  expect(alarms["publish_memory"]).toMatchObject({
    metric_name: "PeakMemoryBytes",
    dimensions: { environment: "test", partner: "acme", step: "publish" },
  });
  // Of a step with a program the worker knows a part of the memory alone.
  expect(Object.keys(alarms)).not.toContain("fetch_memory");
});
