import type { Environment } from "../../modules/config";
import { namingOf } from "../../modules/stack";
import { type Override, REMOVE } from "./override";

/**
 * Everything in which the Terraform that an emulator gets differs from the Terraform that is emitted, each with its reason.
 * Nothing else is changed for it. An entry that takes effect nowhere fails the end-to-end test.
 */
export function emulatorOverrides(environment: Environment): readonly Override[] {
  const naming = namingOf(environment);
  return [
    {
      path: "provider/aws/*/s3_use_path_style",
      value: true,
      reason: "a bucket's name can not be put before an address like 127.0.0.1",
    },
    {
      path: "provider/aws/*/max_retries",
      value: 3,
      reason:
        "what moto lacks it answers with 404 or 500; the provider would try that 25 times over minutes. A busy machine breaks a connection now and then",
    },
    {
      path: "resource/aws_batch_compute_environment/*/service_role",
      value: naming.globalArn(
        "iam",
        "role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForbatch",
      ),
      reason:
        "moto demands a service role, and spells the service-linked one so; AWS takes that one by itself",
    },
    {
      path: "resource/aws_efs_file_system/*/protection",
      value: REMOVE,
      reason: "moto lacks UpdateFileSystemProtection",
    },
    {
      path: "resource/aws_efs_backup_policy",
      value: REMOVE,
      reason: "moto lacks PutBackupPolicy",
    },
    {
      path: "resource/aws_s3_bucket_policy/ledger/policy",
      value: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: naming.globalArn("iam", "root") },
            Action: "s3:ListBucket",
            Resource: naming.bucketArn(naming.bucket("platform", "ledger")),
          },
        ],
      }),
      reason:
        "moto does not read the conditions of a bucket policy: the statement that denies what comes without TLS would keep partners' stacks from putting their specs into the ledger",
    },
    {
      path: "resource/aws_cloudwatch_query_definition",
      value: REMOVE,
      reason: "moto lacks PutQueryDefinition",
    },
  ];
}

/** A type of resource that the emulator can not treat as AWS does. */
export interface Shortcoming {
  readonly type: string;
  readonly reason: string;
}

/** Resources that the emulator can make and not delete: Terraform has to forget them before it destroys a stack. */
export const UNDELETABLE: readonly Shortcoming[] = [
  {
    type: "aws_efs_file_system_policy",
    reason: "moto lacks DeleteFileSystemPolicy; the policy goes with its file system",
  },
];

/** Resources that are applied and planned, and have to be taken away before anything runs. */
export const UNUSABLE: readonly Shortcoming[] = [
  {
    type: "aws_s3_bucket_policy",
    reason:
      "moto does not read the conditions of a bucket policy: a statement that denies what comes without TLS denies all",
  },
  {
    type: "aws_lambda_event_source_mapping",
    reason:
      "moto would run the function in a container with every message that comes in, and take the message away",
  },
];

/**
 * What a plan without an account differs in: it can be made anywhere, and its policy documents be read, but it says nothing of
 * what there is.
 */
export const OFFLINE_OVERRIDES: readonly Override[] = [
  {
    path: "terraform/backend",
    value: REMOVE,
    reason: "the state is in the account, too; a plan without it creates everything",
  },
  {
    path: "provider/aws/*/skip_credentials_validation",
    value: true,
    reason: "there is nobody to ask whether the credentials are valid",
  },
  {
    path: "provider/aws/*/skip_requesting_account_id",
    value: true,
    reason: "there is nobody to ask for the account",
  },
  {
    path: "provider/aws/*/skip_metadata_api_check",
    value: true,
    reason: "the address that hosts get credentials from is not asked either",
  },
  {
    path: "provider/aws/*/allowed_account_ids",
    value: REMOVE,
    reason: "the account is not known, so that it can not be compared",
  },
];
