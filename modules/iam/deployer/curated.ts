import type { STEPS } from "./table";

/** An action that AWS asks for and no emulator shows, with AWS's own words for it. */
export interface CuratedAction {
  /** Type of resource that needs it. */
  readonly type: string;
  readonly step: (typeof STEPS)[number];
  readonly actions: readonly string[];
  /** Services that the passed roles are for, where the action is `iam:PassRole`. */
  readonly passedTo?: string;
  /** Principal of the service-linked role, where the action makes one. */
  readonly linkedService?: string;
  /** The key is used for the caller by AWS itself. */
  readonly grantForAws?: true;
  /** Service that uses the key in the caller's name. */
  readonly through?: "s3";
  /** Needed only where this attribute is set. */
  readonly where?: string;
  readonly why: string;
  readonly source: string;
}

const LAMBDA_ROLE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-permissions.html";
const PASS_ROLE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html";
const EFS_API = "https://docs.aws.amazon.com/efs/latest/ug/API_";
const EC2_TAGS =
  "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html";
const AUTHORIZATION = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_";

const tagOnCreate = (type: string, action: string, service: string): CuratedAction => ({
  type,
  step: "create",
  actions: [action],
  why: "tags that are given when a thing is made are authorised by themselves",
  source: `${AUTHORIZATION}${service}.html`,
});

const PASSED: readonly CuratedAction[] = [
  ["aws_lambda_function", "lambda.amazonaws.com", LAMBDA_ROLE],
  [
    "aws_batch_job_definition",
    "ecs-tasks.amazonaws.com",
    "https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html",
  ],
  [
    "aws_scheduler_schedule",
    "scheduler.amazonaws.com",
    "https://docs.aws.amazon.com/scheduler/latest/UserGuide/security-iam.html",
  ],
  [
    "aws_cloudwatch_event_target",
    "events.amazonaws.com",
    "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",
  ],
].flatMap(([type = "", passedTo = "", source = ""]) =>
  (["create", "update"] as const).map((step) => ({
    type,
    step,
    actions: ["iam:PassRole"],
    passedTo,
    why: "whoever names a role in a request must be allowed to pass it to the service",
    source,
  })),
);

const HOSTS: readonly CuratedAction[] = [
  {
    type: "aws_iam_instance_profile",
    step: "create",
    actions: ["iam:PassRole"],
    passedTo: "ec2.amazonaws.com",
    why: "a role that is put into an instance profile is passed to its hosts",
    source: PASS_ROLE,
  },
  ...(["create", "update"] as const).map((step): CuratedAction => ({
    type: "aws_batch_compute_environment",
    step,
    actions: ["iam:PassRole"],
    passedTo: "ec2.amazonaws.com",
    where: "compute_resources.instance_role",
    why: "hosts of the compute environment get the role of its instance profile",
    source: "https://docs.aws.amazon.com/batch/latest/userguide/batch_user.html",
  })),
];

const LINKED: readonly CuratedAction[] = [
  {
    type: "aws_batch_compute_environment",
    step: "create",
    actions: ["iam:CreateServiceLinkedRole"],
    linkedService: "ecs.amazonaws.com",
    why: "Batch makes an ECS cluster; ECS makes its role at the first one of an account",
    source:
      "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html",
  },
  {
    type: "aws_efs_mount_target",
    step: "create",
    actions: ["iam:CreateServiceLinkedRole"],
    linkedService: "elasticfilesystem.amazonaws.com",
    why: "EFS makes its role with the first mount target of an account",
    source: "https://docs.aws.amazon.com/efs/latest/ug/using-service-linked-roles.html",
  },
];

const FILE_SYSTEMS: readonly CuratedAction[] = [
  {
    type: "aws_efs_mount_target",
    step: "create",
    actions: ["ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces", "ec2:CreateNetworkInterface"],
    why: "EFS makes the network interface in the name of the caller",
    source: `${EFS_API}CreateMountTarget.html`,
  },
  {
    type: "aws_efs_mount_target",
    step: "delete",
    actions: ["ec2:DeleteNetworkInterface"],
    why: "EFS removes the network interface in the name of the caller",
    source: `${EFS_API}DeleteMountTarget.html`,
  },
  {
    type: "aws_efs_file_system",
    step: "create",
    actions: ["kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext"],
    grantForAws: true,
    where: "kms_key_id",
    why: "EFS gets a grant on the key for the file system",
    source: "https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html",
  },
  ...(["create", "update"] as const).map((step): CuratedAction => ({
    type: "aws_efs_file_system",
    step,
    actions: ["elasticfilesystem:UpdateFileSystemProtection"],
    why: "the emulator lacks the setting, so that it was taken out for the recording",
    source: `${EFS_API}UpdateFileSystemProtection.html`,
  })),
  ...(["read", "create", "update", "delete"] as const).map((step): CuratedAction => ({
    type: "aws_efs_backup_policy",
    step,
    actions: [
      "elasticfilesystem:DescribeBackupPolicy",
      ...(step === "read" ? [] : ["elasticfilesystem:PutBackupPolicy"]),
    ],
    why: "the emulator lacks backup policies, so that none was recorded",
    source: `${EFS_API}PutBackupPolicy.html`,
  })),
  {
    type: "aws_efs_file_system",
    step: "update",
    actions: ["elasticfilesystem:UpdateFileSystem"],
    why: "the emulator answers changes of the throughput with an error",
    source: `${EFS_API}UpdateFileSystem.html`,
  },
  ...["aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"].map(
    (type): CuratedAction => ({
      type,
      step: "update",
      actions: ["ec2:ModifySecurityGroupRules"],
      why: "the emulator answers changes of a rule with an error",
      source:
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html",
    }),
  ),
  {
    type: "aws_efs_file_system_policy",
    step: "delete",
    actions: ["elasticfilesystem:DeleteFileSystemPolicy"],
    why: "the emulator can not delete it, so that Terraform had to forget it",
    source: `${EFS_API}DeleteFileSystemPolicy.html`,
  },
];

const KEYS: readonly CuratedAction[] = [
  {
    type: "aws_ecr_repository",
    step: "create",
    actions: ["kms:DescribeKey", "kms:CreateGrant"],
    grantForAws: true,
    where: "encryption_configuration.0.kms_key",
    why: "ECR gets a grant on the key for the repository",
    source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html",
  },
  ...(["create", "update"] as const).map((step): CuratedAction => ({
    type: "aws_lambda_function",
    step,
    actions: ["kms:CreateGrant", "kms:Encrypt", "kms:Decrypt"],
    grantForAws: true,
    where: "kms_key_arn",
    why: "Lambda encrypts the function's variables with the key and gets a grant on it",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
  })),
];

const OBJECTS: readonly CuratedAction[] = [
  ...(["create", "update"] as const).map((step): CuratedAction => ({
    type: "aws_s3_object",
    step,
    actions: ["kms:GenerateDataKey"],
    through: "s3",
    why: "S3 encrypts what is put into the ledger with the platform's key",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
  })),
  {
    type: "aws_s3_object",
    step: "delete",
    actions: ["s3:DeleteObjectVersion"],
    why: "to delete an object that has versions is to delete each of them",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html",
  },
];

/** The emulator lacks saved queries, so that none was recorded. They have no ARN and no tags. */
const QUERIES: readonly CuratedAction[] = (
  [
    ["read", "logs:DescribeQueryDefinitions"],
    ["create", "logs:PutQueryDefinition"],
    ["update", "logs:PutQueryDefinition"],
    ["delete", "logs:DeleteQueryDefinition"],
  ] as const
).map(([step, action]) => ({
  type: "aws_cloudwatch_query_definition",
  step,
  actions: [action],
  why: "the emulator lacks saved queries, so that none was recorded",
  source: `https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_${action.slice(5)}.html`,
}));

const EC2_MADE = [
  "aws_default_security_group",
  "aws_eip",
  "aws_internet_gateway",
  "aws_launch_template",
  "aws_nat_gateway",
  "aws_route_table",
  "aws_security_group",
  "aws_subnet",
  "aws_vpc",
  "aws_vpc_endpoint",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

const TAGS: readonly CuratedAction[] = [
  tagOnCreate("aws_batch_compute_environment", "batch:TagResource", "awsbatch"),
  tagOnCreate("aws_batch_job_definition", "batch:TagResource", "awsbatch"),
  tagOnCreate("aws_batch_job_queue", "batch:TagResource", "awsbatch"),
  tagOnCreate("aws_batch_scheduling_policy", "batch:TagResource", "awsbatch"),
  tagOnCreate("aws_cloudwatch_event_rule", "events:TagResource", "amazoneventbridge"),
  tagOnCreate("aws_cloudwatch_log_group", "logs:TagResource", "amazoncloudwatchlogs"),
  tagOnCreate("aws_cloudwatch_metric_alarm", "cloudwatch:TagResource", "amazoncloudwatch"),
  tagOnCreate("aws_ecr_repository", "ecr:TagResource", "amazonelasticcontainerregistry"),
  tagOnCreate("aws_efs_access_point", "elasticfilesystem:TagResource", "amazonelasticfilesystem"),
  tagOnCreate("aws_efs_file_system", "elasticfilesystem:TagResource", "amazonelasticfilesystem"),
  tagOnCreate(
    "aws_iam_instance_profile",
    "iam:TagInstanceProfile",
    "awsidentityandaccessmanagementiam",
  ),
  tagOnCreate(
    "aws_iam_openid_connect_provider",
    "iam:TagOpenIDConnectProvider",
    "awsidentityandaccessmanagementiam",
  ),
  tagOnCreate("aws_iam_policy", "iam:TagPolicy", "awsidentityandaccessmanagementiam"),
  tagOnCreate("aws_iam_role", "iam:TagRole", "awsidentityandaccessmanagementiam"),
  tagOnCreate("aws_kms_key", "kms:TagResource", "awskeymanagementservice"),
  tagOnCreate("aws_lambda_event_source_mapping", "lambda:TagResource", "awslambda"),
  tagOnCreate("aws_lambda_function", "lambda:TagResource", "awslambda"),
  tagOnCreate(
    "aws_scheduler_schedule_group",
    "scheduler:TagResource",
    "amazoneventbridgescheduler",
  ),
  tagOnCreate("aws_sns_topic", "sns:TagResource", "amazonsns"),
  tagOnCreate("aws_sqs_queue", "sqs:TagQueue", "amazonsqs"),
  ...EC2_MADE.map((type): CuratedAction => ({
    type,
    step: "create",
    actions: ["ec2:CreateTags"],
    why: "tags that are given when a thing is made are authorised by themselves",
    source: EC2_TAGS,
  })),
];

/** Tags were taken away again in the recording of a platform that has none of these. */
const UNTAGS: readonly CuratedAction[] = (
  [
    ["aws_eip", "ec2:DeleteTags", "amazonec2"],
    ["aws_iam_instance_profile", "iam:UntagInstanceProfile", "awsidentityandaccessmanagementiam"],
    [
      "aws_iam_openid_connect_provider",
      "iam:UntagOpenIDConnectProvider",
      "awsidentityandaccessmanagementiam",
    ],
    ["aws_internet_gateway", "ec2:DeleteTags", "amazonec2"],
    ["aws_launch_template", "ec2:DeleteTags", "amazonec2"],
    ["aws_nat_gateway", "ec2:DeleteTags", "amazonec2"],
  ] as const
).map(([type, action, service]) => ({
  type,
  step: "update",
  actions: [action],
  why: "taking a tag away is authorised by itself",
  source: `${AUTHORIZATION}${service}.html`,
}));

/** Everything that is not taken from recordings. */
export const CURATED: readonly CuratedAction[] = [
  ...PASSED,
  ...HOSTS,
  ...LINKED,
  ...FILE_SYSTEMS,
  ...KEYS,
  ...OBJECTS,
  ...QUERIES,
  ...TAGS,
  ...UNTAGS,
];
