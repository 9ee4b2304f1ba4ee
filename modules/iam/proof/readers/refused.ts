import {
  claimKey,
  currentSpecKey,
  quarantinedFileKey,
  quarantineReasonKey,
  runPrefix,
} from "../../../contract";
import type { IamRequest } from "../../evaluate";
import { sampleRun } from "../calls/job-calls";
import type { Deployment } from "../deployment";
import { keysOf, type ReaderRole } from "./reader-role";

/** Something that a reader must not be able to do. */
export interface Refused {
  readonly say: string;
  readonly request: Omit<IamRequest, "caller">;
}

const WRITING = [
  "s3:AbortMultipartUpload",
  "s3:BypassGovernanceRetention",
  "s3:DeleteObject",
  "s3:DeleteObjectVersion",
  "s3:PutObject",
  "s3:PutObjectAcl",
  "s3:PutObjectTagging",
  "s3:RestoreObject",
] as const;

/** Whole requests as they would be made, so that a reviewer can read what a reader can not do. */
export function refusedTo(role: ReaderRole, deployment: Deployment): Refused[] {
  const { world, specs, bucketKeys } = deployment;
  const run = sampleRun(role.owner);
  const arnOf = (bucket: string, key?: string): string =>
    `arn:${world.partition}:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
  const own = { "aws:SecureTransport": "true", "aws:ResourceAccount": world.account };
  const ask = (
    say: string,
    action: string,
    resource: string,
    context: Readonly<Record<string, string>> = own,
  ): Refused => ({ say, request: { action, resource, context } });
  const list = (say: string, bucket: string, prefix: string): Refused =>
    ask(say, "s3:ListBucket", arnOf(bucket), { ...own, "s3:prefix": prefix });
  const keys = keysOf(role);
  const key = bucketKeys.get(arnOf(role.bucket))?.key;
  return [
    ...keys.flatMap((one) => [
      ...WRITING.map((action) => ask("write or delete a file", action, arnOf(role.bucket, one))),
      ask("read an older version", "s3:GetObjectVersion", arnOf(role.bucket, one)),
    ]),
    ...role.places.flatMap((place) => {
      const beside = place.endsWith("/") ? `${place.slice(0, -1)}~/file` : `${place}~`;
      return [
        ask("read what is beside", "s3:GetObject", arnOf(role.bucket, beside)),
        list("list what is beside", role.bucket, beside),
      ];
    }),
    ...[quarantinedFileKey(run, "file"), quarantineReasonKey(run)].map((one) =>
      ask("read what is in quarantine", "s3:GetObject", arnOf(role.bucket, one)),
    ),
    list("list what is in quarantine", role.bucket, "quarantine/"),
    list("list the whole bucket", role.bucket, ""),
    ask("list the whole bucket", "s3:ListBucket", arnOf(role.bucket)),
    ask("list versions", "s3:ListBucketVersions", arnOf(role.bucket)),
    ask("change the bucket", "s3:PutBucketPolicy", arnOf(role.bucket)),
    ...specs.flatMap(({ ledgerBucket, partner }) => [
      ...[claimKey(sampleRun(partner)), currentSpecKey(partner)].map((one) =>
        ask("read the ledger", "s3:GetObject", arnOf(ledgerBucket, one)),
      ),
      list("list the ledger", ledgerBucket, runPrefix(sampleRun(partner))),
    ]),
    ...world.resources
      .filter(({ type, arn }) => type === "aws_s3_bucket" && arn !== arnOf(role.bucket))
      .flatMap(({ arn }) =>
        keys.flatMap((one) => [
          ask("read another bucket", "s3:GetObject", `${arn}/${one}`),
          ask("list another bucket", "s3:ListBucket", arn, { ...own, "s3:prefix": one }),
        ]),
      ),
    ...(key === undefined ? [] : keyUses(deployment, key, ask)),
    ...otherThings(role, deployment).map(({ action, arn }) =>
      ask("reach what is not for readers", action, arn, { "aws:SecureTransport": "true" }),
    ),
  ];
}

/** The key without S3, for another bucket, and to encrypt. */
function keyUses(
  { world, bucketKeys }: Deployment,
  key: string,
  ask: (
    say: string,
    action: string,
    resource: string,
    context: Readonly<Record<string, string>>,
  ) => Refused,
): Refused[] {
  const via = `s3.${world.region}.amazonaws.com`;
  const ledger = [...bucketKeys].find(([arn]) => /--platform--ledger--/u.test(arn))?.[0];
  return [
    ask("use the key by itself", "kms:Decrypt", key, {}),
    ...(ledger === undefined
      ? []
      : [
          ask("decrypt the ledger", "kms:Decrypt", key, {
            "kms:ViaService": via,
            "kms:EncryptionContext:aws:s3:arn": ledger,
          }),
        ]),
    ask("encrypt", "kms:GenerateDataKey", key, { "kms:ViaService": via }),
  ];
}

const USES: Readonly<Record<string, string>> = {
  aws_batch_job_queue: "batch:SubmitJob",
  aws_efs_file_system: "elasticfilesystem:ClientMount",
  aws_lambda_function: "lambda:InvokeFunction",
  aws_sqs_queue: "sqs:ReceiveMessage",
};

function otherThings(
  { arn: self }: ReaderRole,
  { world }: Deployment,
): { readonly action: string; readonly arn: string }[] {
  return [
    ...world.resources.flatMap(({ type, arn }) => {
      const action = USES[type];
      return action === undefined ? [] : [{ action, arn }];
    }),
    ...world.principals
      .filter(({ arn }) => arn !== self)
      .map(({ arn }) => ({ action: "sts:AssumeRole", arn })),
  ];
}
