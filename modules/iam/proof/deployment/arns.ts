import { partitionOf } from "../../../core";
import { type ParsedStack, type TerraformResource, textOf } from "./terraform";

/** How the things of a type are named: attribute that holds the name, and ARN. */
interface Named {
  /** Missing: AWS makes an id up. */
  readonly attribute?: string;
  /** Made-up ids begin so. */
  readonly prefix?: string;
  readonly arn?: (place: Place, name: string, resource: TerraformResource) => string;
}

interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

const regional =
  (service: string, before = "") =>
  ({ partition, region, account }: Place, name: string): string =>
    `arn:${partition}:${service}:${region}:${account}:${before}${name}`;

const iam =
  (kind: string) =>
  ({ partition, account }: Place, name: string, { attributes }: TerraformResource): string =>
    `arn:${partition}:iam::${account}:${kind}${textOf(attributes["path"]) ?? "/"}${name}`;

/** Types whose things policies name. */
const TYPES: ReadonlyMap<string, Named> = new Map(
  Object.entries<Named>({
    aws_batch_job_definition: { attribute: "name", arn: regional("batch", "job-definition/") },
    aws_batch_job_queue: { attribute: "name", arn: regional("batch", "job-queue/") },
    aws_cloudwatch_event_rule: { attribute: "name", arn: regional("events", "rule/") },
    aws_cloudwatch_log_group: { attribute: "name", arn: regional("logs", "log-group:") },
    aws_cloudwatch_metric_alarm: {
      attribute: "alarm_name",
      arn: regional("cloudwatch", "alarm:"),
    },
    aws_ecr_repository: { attribute: "name", arn: regional("ecr", "repository/") },
    aws_efs_access_point: {
      prefix: "fsap",
      arn: regional("elasticfilesystem", "access-point/"),
    },
    aws_efs_file_system: { prefix: "fs", arn: regional("elasticfilesystem", "file-system/") },
    aws_iam_policy: { attribute: "name", arn: iam("policy") },
    aws_iam_role: { attribute: "name", arn: iam("role") },
    aws_kms_key: { prefix: "key", arn: regional("kms", "key/") },
    aws_lambda_function: { attribute: "function_name", arn: regional("lambda", "function:") },
    aws_s3_bucket: {
      attribute: "bucket",
      arn: ({ partition }, name) => `arn:${partition}:s3:::${name}`,
    },
    aws_scheduler_schedule_group: {
      attribute: "name",
      arn: regional("scheduler", "schedule-group/"),
    },
    aws_secretsmanager_secret: { attribute: "name", arn: regional("secretsmanager", "secret:") },
    aws_sns_topic: { attribute: "name", arn: regional("sns") },
    aws_sqs_queue: { attribute: "name", arn: regional("sqs") },
  }),
);

/** Types whose things stand in a world as resources: those that roles reach by permissions. */
export const isWorldType = (type: string): boolean =>
  TYPES.has(type) && type !== "aws_iam_policy" && type !== "aws_iam_role";

/** The name of a thing, made up from its address where AWS makes it up. */
export function nameOf({
  type,
  address,
  owner,
  attributes,
}: TerraformResource): string | undefined {
  const named = TYPES.get(type);
  if (named === undefined) return undefined;
  if (named.attribute !== undefined) return textOf(attributes[named.attribute]);
  const id = address.slice(address.indexOf(".") + 1).replace(/_/gu, "-");
  return `${named.prefix ?? ""}-${owner}--${id}`;
}

/** The ARN of a thing by its name. */
export function arnOf(
  resource: TerraformResource,
  { region, account }: Pick<ParsedStack, "region" | "account">,
  name: string,
): string | undefined {
  return TYPES.get(resource.type)?.arn?.(
    { partition: partitionOf(region), region, account },
    name,
    resource,
  );
}
