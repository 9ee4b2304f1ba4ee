/** A raw call to the emulator: it reads the service from the signature's scope and does not check the signature. */
async function call(
  endpoint: string,
  service: string,
  region: string,
  request: { path?: string; method?: string; body?: string; headers?: Record<string, string> },
): Promise<string> {
  const { path = "/", method = "POST", body, headers = {} } = request;
  const scope = `Credential=x/20260101/${region}/${service}/aws4_request`;
  const response = await fetch(`${endpoint}${path}`, {
    method,
    headers: {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=x`,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service} answered ${String(response.status)}: ${text}`);
  return text;
}

/** How the things of a kind are listed: a call, and the ids in its answer. */
interface Listing {
  readonly service: string;
  readonly request: Parameters<typeof call>[3];
  /** Takes the ids: the first group of each match. */
  readonly ids: RegExp;
  /** Ids that are there without anybody having made them. */
  readonly given?: RegExp;
  /** True for what is listed and on its way out. */
  readonly gone?: (endpoint: string, region: string, id: string) => Promise<boolean>;
}

async function keyIsDeleted(endpoint: string, region: string, id: string): Promise<boolean> {
  const { request } = json("kms", "TrentService.DescribeKey", "1.1", "KeyState");
  const body = JSON.stringify({ KeyId: id });
  return (await call(endpoint, "kms", region, { ...request, body })).includes("PendingDeletion");
}

/** The query protocol: everything in the body. */
function query(
  service: string,
  version: string,
  action: string,
  tag: string,
  extra = "",
  given?: RegExp,
): Listing {
  return {
    service,
    request: {
      body: `Action=${action}&Version=${version}${extra}`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    },
    ids: new RegExp(`<${tag}>([^<]+)</${tag}>`, "gu"),
    ...(given === undefined ? {} : { given }),
  };
}

/** The JSON protocol: the action in a header. */
function json(
  service: string,
  target: string,
  version: string,
  field: string,
  given?: RegExp,
): Listing {
  return {
    service,
    request: {
      body: "{}",
      headers: { "content-type": `application/x-amz-json-${version}`, "x-amz-target": target },
    },
    ids: new RegExp(`"${field}": ?"([^"]+)"`, "gu"),
    ...(given === undefined ? {} : { given }),
  };
}

/** The REST protocol: a path. */
function rest(service: string, method: string, path: string, ids: RegExp, body?: string): Listing {
  const headers = { "content-type": "application/json" };
  return {
    service,
    request: { method, path, headers, ...(body === undefined ? {} : { body }) },
    ids,
  };
}

const field = (name: string): RegExp => new RegExp(`"${name}": ?"([^"]+)"`, "gu");
const EC2 = "2016-11-15";
const ec2 = (action: string, tag: string, extra = "", given?: RegExp): Listing =>
  query("ec2", EC2, action, tag, extra, given);
const OWN = "&Filter.1.Name=is-default&Filter.1.Value.1=false";

/** How resources of a type are listed. `true`: part of another resource, which it can not outlive. */
export const LISTINGS: Readonly<Record<string, Listing | true>> = {
  aws_batch_compute_environment: rest(
    "batch",
    "POST",
    "/v1/describecomputeenvironments",
    field("computeEnvironmentArn"),
    "{}",
  ),
  // Deregistered job definitions stay for a while, as INACTIVE.
  aws_batch_job_definition: rest(
    "batch",
    "POST",
    "/v1/describejobdefinitions?status=ACTIVE",
    field("jobDefinitionArn"),
    `{"status":"ACTIVE"}`,
  ),
  aws_batch_job_queue: rest("batch", "POST", "/v1/describejobqueues", field("jobQueueArn"), "{}"),
  aws_batch_scheduling_policy: rest(
    "batch",
    "POST",
    "/v1/listschedulingpolicies",
    field("arn"),
    "{}",
  ),
  aws_cloudwatch_dashboard: query("monitoring", "2010-08-01", "ListDashboards", "DashboardName"),
  aws_cloudwatch_event_rule: json("events", "AWSEvents.ListRules", "1.1", "Name"),
  aws_cloudwatch_event_target: true,
  aws_cloudwatch_log_group: json("logs", "Logs_20140328.DescribeLogGroups", "1.1", "logGroupName"),
  aws_cloudwatch_metric_alarm: query("monitoring", "2010-08-01", "DescribeAlarms", "AlarmName"),
  // The emulator has none; see the overrides.
  aws_cloudwatch_query_definition: true,
  aws_default_security_group: true,
  aws_ecr_lifecycle_policy: true,
  aws_ecr_repository: json(
    "ecr",
    "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories",
    "1.1",
    "repositoryName",
  ),
  aws_efs_access_point: rest(
    "elasticfilesystem",
    "GET",
    "/2015-02-01/access-points",
    field("AccessPointId"),
  ),
  aws_efs_backup_policy: true,
  aws_efs_file_system: rest(
    "elasticfilesystem",
    "GET",
    "/2015-02-01/file-systems",
    field("FileSystemId"),
  ),
  aws_efs_file_system_policy: true,
  aws_efs_mount_target: true,
  aws_eip: ec2("DescribeAddresses", "allocationId"),
  aws_iam_instance_profile: query(
    "iam",
    "2010-05-08",
    "ListInstanceProfiles",
    "InstanceProfileName",
  ),
  aws_iam_openid_connect_provider: query("iam", "2010-05-08", "ListOpenIDConnectProviders", "Arn"),
  aws_iam_policy: query("iam", "2010-05-08", "ListPolicies", "Arn", "&Scope=Local"),
  aws_iam_role: query("iam", "2010-05-08", "ListRoles", "RoleName"),
  aws_iam_role_policy: true,
  aws_iam_role_policy_attachment: true,
  aws_iam_service_linked_role: query("iam", "2010-05-08", "ListRoles", "RoleName"),
  aws_internet_gateway: ec2("DescribeInternetGateways", "internetGatewayId"),
  aws_kms_alias: json("kms", "TrentService.ListAliases", "1.1", "AliasName", /^alias\/aws\//u),
  // Keys are deleted days after it is asked for; until then they are there, and of no use.
  aws_kms_key: { ...json("kms", "TrentService.ListKeys", "1.1", "KeyId"), gone: keyIsDeleted },
  aws_lambda_event_source_mapping: rest(
    "lambda",
    "GET",
    "/2015-03-31/event-source-mappings",
    field("UUID"),
  ),
  aws_lambda_function: rest("lambda", "GET", "/2015-03-31/functions", field("FunctionName")),
  aws_lambda_function_event_invoke_config: true,
  aws_lambda_permission: true,
  aws_launch_template: ec2("DescribeLaunchTemplates", "launchTemplateId"),
  aws_nat_gateway: ec2(
    "DescribeNatGateways",
    "natGatewayId",
    "&Filter.1.Name=state&Filter.1.Value.1=available",
  ),
  aws_route: true,
  aws_route_table: ec2(
    "DescribeRouteTables",
    "routeTableId",
    "&Filter.1.Name=association.main&Filter.1.Value.1=false",
  ),
  aws_route_table_association: true,
  aws_s3_bucket: rest("s3", "GET", "/", /<Name>([^<]+)<\/Name>/gu),
  aws_s3_bucket_lifecycle_configuration: true,
  aws_s3_bucket_notification: true,
  aws_s3_bucket_ownership_controls: true,
  aws_s3_bucket_policy: true,
  aws_s3_bucket_public_access_block: true,
  aws_s3_bucket_server_side_encryption_configuration: true,
  aws_s3_bucket_versioning: true,
  // Of a bucket's objects it is the bucket that is listed.
  aws_s3_object: true,
  aws_scheduler_schedule: rest("scheduler", "GET", "/schedules", field("Name")),
  aws_scheduler_schedule_group: {
    ...rest("scheduler", "GET", "/schedule-groups", field("Name")),
    given: /^default$/u,
  },
  aws_security_group: ec2("DescribeSecurityGroups", "groupName", "", /^default$/u),
  aws_sns_topic: query("sns", "2010-03-31", "ListTopics", "TopicArn"),
  aws_sns_topic_policy: true,
  aws_sns_topic_subscription: true,
  aws_sqs_queue: {
    ...json("sqs", "AmazonSQS.ListQueues", "1.0", "QueueUrls"),
    // A list of addresses.
    ids: /"(https?:[^"]+)"/gu,
  },
  aws_sqs_queue_policy: true,
  aws_subnet: ec2(
    "DescribeSubnets",
    "subnetId",
    "&Filter.1.Name=default-for-az&Filter.1.Value.1=false",
  ),
  aws_vpc: ec2("DescribeVpcs", "vpcId", OWN),
  aws_vpc_endpoint: {
    ...ec2("DescribeVpcEndpoints", "vpcEndpointId"),
    // Deleted ones are told of for a while.
    ids: /<vpcEndpointId>([^<]+)<\/vpcEndpointId>(?:(?!<vpcEndpointId>)[^])*?<state>available</gu,
  },
  aws_vpc_security_group_egress_rule: true,
  aws_vpc_security_group_ingress_rule: true,
};

/**
 * Everything that the emulator holds, as `<type>: <id>`, of all types that can be listed. Asks AWS's own APIs: Terraform's
 * state would not tell of what it forgot.
 */
export async function listEverything(endpoint: string, region: string): Promise<readonly string[]> {
  const found = await Promise.all(
    Object.entries(LISTINGS).map(async ([type, listing]) => {
      if (listing === true) return [];
      const answer = await call(endpoint, listing.service, region, listing.request);
      const ids = [...answer.matchAll(listing.ids)].flatMap(([, id]) => id ?? []);
      const made = ids.filter((id) => !listing.given?.test(id));
      const gone = await Promise.all(
        made.map(async (id) => (await listing.gone?.(endpoint, region, id)) ?? false),
      );
      return made.filter((_, index) => gone[index] === false).map((id) => `${type}: ${id}`);
    }),
  );
  return [...new Set(found.flat())].sort();
}
