import type { StackJson } from "../terraform";

type Attributes = Record<string, unknown>;
type Change = (attributes: Attributes) => Attributes;

const set =
  (values: Attributes): Change =>
  (attributes) => ({ ...attributes, ...values });

/** Adds a statement to the policy document in an attribute. */
const amend =
  (name: string, statement: Attributes = {}): Change =>
  (attributes) => {
    const text = attributes[name];
    if (typeof text !== "string") return attributes;
    const document = JSON.parse(text) as { Statement: Attributes[] };
    const [first = {}] = document.Statement;
    const added = { ...first, ...statement, Sid: "RecordedChange" };
    return {
      ...attributes,
      [name]: JSON.stringify({ ...document, Statement: [...document.Statement, added] }),
    };
  };

const all =
  (...changes: readonly Change[]): Change =>
  (attributes) =>
    changes.reduce((value, change) => change(value), attributes);

const days = (attributes: Attributes): Attributes => ({
  ...attributes,
  rule: JSON.parse(
    JSON.stringify(attributes["rule"]).replace(
      /"(days|noncurrent_days|days_after_initiation)":(\d+)/gu,
      (_, key: string, value: string) => `"${key}":${String(Number(value) + 1)}`,
    ),
  ) as unknown,
});

/** A change of each attribute that can be changed in place, by type of resource. Types without one are made anew. */
const SETTINGS: Readonly<Record<string, Change>> = {
  aws_batch_compute_environment: (attributes) => ({
    ...attributes,
    compute_resources: { ...(attributes["compute_resources"] as Attributes), max_vcpus: 48 },
  }),
  aws_batch_job_definition: set({ timeout: { attempt_duration_seconds: 4321 } }),
  aws_batch_job_queue: set({ priority: 7 }),
  aws_batch_scheduling_policy: set({ fair_share_policy: { share_decay_seconds: 4321 } }),
  aws_cloudwatch_dashboard: set({ dashboard_body: '{"widgets":[]}' }),
  aws_cloudwatch_event_rule: set({ description: "changed" }),
  aws_cloudwatch_event_target: set({
    retry_policy: { maximum_retry_attempts: 7, maximum_event_age_in_seconds: 600 },
  }),
  aws_cloudwatch_log_group: set({ retention_in_days: 7 }),
  aws_cloudwatch_metric_alarm: set({ threshold: 7 }),
  aws_ecr_lifecycle_policy: (attributes) => ({
    ...attributes,
    policy: (attributes["policy"] as string).replace(/"countNumber":\d+/u, '"countNumber":77'),
  }),
  aws_ecr_repository: set({
    image_tag_mutability: "MUTABLE",
    image_scanning_configuration: { scan_on_push: false },
  }),
  aws_ecr_repository_policy: amend("policy"),
  aws_efs_file_system_policy: amend("policy"),
  aws_iam_openid_connect_provider: set({ client_id_list: ["sts.amazonaws.com", "changed"] }),
  aws_iam_policy: amend("policy"),
  aws_iam_role: all(
    set({ description: "changed", max_session_duration: 7200 }),
    amend("assume_role_policy"),
  ),
  aws_iam_role_policy: amend("policy"),
  aws_kms_key: all(set({ description: "changed" }), amend("policy")),
  aws_lambda_event_source_mapping: set({ batch_size: 2 }),
  aws_lambda_function: set({
    description: "changed",
    timeout: 77,
    source_code_hash: "c2hhMjU2",
    reserved_concurrent_executions: 7,
  }),
  aws_lambda_function_event_invoke_config: set({ maximum_retry_attempts: 1 }),
  aws_launch_template: set({ description: "changed" }),
  aws_s3_bucket_lifecycle_configuration: days,
  aws_s3_bucket_policy: amend("policy"),
  aws_s3_bucket_server_side_encryption_configuration: (attributes) => ({
    ...attributes,
    rule: JSON.parse(
      JSON.stringify(attributes["rule"]).replace(
        '"bucket_key_enabled":true',
        '"bucket_key_enabled":false',
      ),
    ) as unknown,
  }),
  aws_s3_bucket_public_access_block: set({ ignore_public_acls: false }),
  aws_s3_object: set({ source_hash: "changed" }),
  aws_scheduler_schedule: set({ description: "changed" }),
  aws_sns_topic: set({ display_name: "changed" }),
  aws_sns_topic_policy: amend("policy"),
  aws_sqs_queue: set({ visibility_timeout_seconds: 77 }),
  aws_sqs_queue_policy: amend("policy"),
  aws_subnet: set({ map_public_ip_on_launch: true }),
  aws_vpc: set({ enable_network_address_usage_metrics: true }),
  aws_vpc_endpoint: amend("policy"),
};

/** What is changed in an update that is recorded. */
export const SCENARIOS: Readonly<Record<string, (configuration: StackJson) => StackJson>> = {
  settings: (configuration) =>
    mapResources(configuration, (type, attributes) => SETTINGS[type]?.(attributes) ?? attributes),
  tags: (configuration) => {
    const copy = structuredClone(configuration) as {
      provider: { aws: { default_tags: { tags: Record<string, string> }[] }[] };
    };
    for (const { default_tags } of copy.provider.aws)
      for (const entry of default_tags) entry.tags["revision"] = "2";
    return copy;
  },
};

function mapResources(
  configuration: StackJson,
  change: (type: string, attributes: Attributes) => Attributes,
): StackJson {
  const resource = configuration["resource"] as Record<string, Record<string, Attributes>>;
  return {
    ...configuration,
    resource: Object.fromEntries(
      Object.entries(resource).map(([type, things]) => [
        type,
        Object.fromEntries(
          Object.entries(things).map(([id, attributes]) => [id, change(type, attributes)]),
        ),
      ]),
    ),
  };
}
