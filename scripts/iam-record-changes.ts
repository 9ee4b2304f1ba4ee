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

const days = (attributes: Attributes): Attributes => ({
  ...attributes,
  rule: JSON.parse(
    JSON.stringify(attributes["rule"]).replace(
      /"(days|noncurrent_days|days_after_initiation)":(\d+)/gu,
      (_, key: string, value: string) => `"${key}":${String(Number(value) + 1)}`,
    ),
  ) as unknown,
});

type Changes = Readonly<Record<string, Change>>;

/** Numbers that a stack grows and shrinks by. */
const CAPACITY: Changes = {
  aws_batch_compute_environment: (attributes) => ({
    ...attributes,
    compute_resources: { ...(attributes["compute_resources"] as Attributes), max_vcpus: 48 },
  }),
  aws_batch_job_definition: set({ timeout: { attempt_duration_seconds: 4321 } }),
  aws_batch_job_queue: set({ priority: 7 }),
  aws_batch_scheduling_policy: set({ fair_share_policy: { share_decay_seconds: 4321 } }),
  aws_cloudwatch_event_target: set({
    retry_policy: { maximum_retry_attempts: 7, maximum_event_age_in_seconds: 600 },
  }),
  aws_cloudwatch_metric_alarm: set({ threshold: 7 }),
  aws_iam_role: set({ max_session_duration: 7200 }),
  aws_lambda_event_source_mapping: set({ batch_size: 2 }),
  aws_lambda_function: set({ timeout: 77 }),
  aws_lambda_function_event_invoke_config: set({ maximum_retry_attempts: 1 }),
  aws_sqs_queue: set({ visibility_timeout_seconds: 77 }),
};

/** How long things are kept. */
const RETENTION: Changes = {
  aws_cloudwatch_log_group: set({ retention_in_days: 7 }),
  aws_ecr_lifecycle_policy: (attributes) => ({
    ...attributes,
    policy: (attributes["policy"] as string).replace(/"countNumber":\d+/u, '"countNumber":77'),
  }),
  aws_s3_bucket_lifecycle_configuration: days,
};

/** Words for people. */
const WORDS: Changes = {
  aws_cloudwatch_dashboard: set({ dashboard_body: '{"widgets":[]}' }),
  aws_cloudwatch_event_rule: set({ description: "changed" }),
  aws_iam_role: set({ description: "changed" }),
  aws_kms_key: set({ description: "changed" }),
  aws_lambda_function: set({ description: "changed" }),
  aws_launch_template: set({ description: "changed" }),
  aws_scheduler_schedule: set({ description: "changed" }),
  aws_sns_topic: set({ display_name: "changed" }),
};

/** Documents that say who may do what. */
const POLICIES: Changes = {
  aws_ecr_repository_policy: amend("policy"),
  aws_efs_file_system_policy: amend("policy"),
  aws_iam_openid_connect_provider: set({ client_id_list: ["sts.amazonaws.com", "changed"] }),
  aws_iam_policy: amend("policy"),
  aws_iam_role: amend("assume_role_policy"),
  aws_iam_role_policy: amend("policy"),
  aws_kms_key: amend("policy"),
  aws_s3_bucket_policy: amend("policy"),
  aws_sns_topic_policy: amend("policy"),
  aws_sqs_queue_policy: amend("policy"),
  aws_vpc_endpoint: amend("policy"),
};

/** What keeps things and data apart from others. */
const PROTECTION: Changes = {
  aws_ecr_repository: set({
    image_tag_mutability: "MUTABLE",
    image_scanning_configuration: { scan_on_push: false },
  }),
  aws_s3_bucket_public_access_block: set({ ignore_public_acls: false }),
  aws_s3_bucket_server_side_encryption_configuration: (attributes) => ({
    ...attributes,
    rule: JSON.parse(
      JSON.stringify(attributes["rule"]).replace(
        '"bucket_key_enabled":true',
        '"bucket_key_enabled":false',
      ),
    ) as unknown,
  }),
  aws_s3_bucket_versioning: set({ versioning_configuration: { status: "Suspended" } }),
  aws_subnet: set({ map_public_ip_on_launch: true }),
  aws_vpc: set({ enable_network_address_usage_metrics: true }),
};

/** New code, and how much of it runs at once. */
const CODE: Changes = {
  aws_s3_object: set({ source_hash: "changed" }),
  aws_lambda_function: set({ source_code_hash: "c2hhMjU2", reserved_concurrent_executions: 7 }),
};

const tags = (configuration: StackJson): StackJson => {
  const copy = structuredClone(configuration) as {
    provider: { aws: { default_tags: { tags: Record<string, string> }[] }[] };
  };
  for (const { default_tags } of copy.provider.aws)
    for (const entry of default_tags) entry.tags["revision"] = "2";
  return copy;
};

const GROUPS = { CAPACITY, RETENTION, WORDS, POLICIES, PROTECTION, CODE } as const;

/** What is changed in an update that is recorded: one for each group of attributes that change in place. */
export const SCENARIOS: Readonly<Record<string, (configuration: StackJson) => StackJson>> = {
  ...Object.fromEntries(
    Object.entries(GROUPS).map(([name, changes]) => [
      name.toLowerCase(),
      (configuration: StackJson) =>
        mapResources(
          configuration,
          (type, attributes) => changes[type]?.(attributes) ?? attributes,
        ),
    ]),
  ),
  tags,
};

/** After all of them the stack is made what it was: tags, reservations and the like are taken away again. */
export const TAKEN_BACK: readonly [string, (configuration: StackJson) => StackJson] = [
  "taken back",
  (configuration) => configuration,
];

/** Types of resources in a stack that a scenario changes; all of them where it changes what holds for all. */
export function changedTypes(
  configuration: StackJson,
  change: (configuration: StackJson) => StackJson,
): string[] {
  const changed = change(configuration);
  const [before, after] = [resourcesOf(configuration), resourcesOf(changed)];
  const types = Object.keys(before);
  return JSON.stringify(configuration["provider"]) !== JSON.stringify(changed["provider"])
    ? types
    : types.filter((type) => JSON.stringify(before[type]) !== JSON.stringify(after[type]));
}

type Resources = Record<string, Record<string, Attributes>>;

const resourcesOf = (configuration: StackJson): Resources => configuration["resource"] as Resources;

function mapResources(
  configuration: StackJson,
  change: (type: string, attributes: Attributes) => Attributes,
): StackJson {
  const resource = resourcesOf(configuration);
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
