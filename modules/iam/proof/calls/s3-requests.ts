import { AssumptionError } from "../../../core";
import type { Deployment } from "../deployment";
import type { SdkCall } from "./call";
import type { Needed } from "./requests";

/** What an operation of S3 needs: permission on the object or bucket, and what S3 does with the bucket's key. */
interface Operation {
  readonly actions: readonly string[];
  readonly on: "object" | "bucket";
  readonly keyActions?: readonly string[];
}

/**
 * Operations of S3 whose permission is not their name.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
 */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries<Operation>({
    AbortMultipartUpload: { actions: ["s3:AbortMultipartUpload"], on: "object" },
    CompleteMultipartUpload: {
      actions: ["s3:PutObject"],
      on: "object",
      keyActions: ["kms:Decrypt"],
    },
    // The permissions on what is copied follow from its name.
    CopyObject: { actions: ["s3:PutObject"], on: "object", keyActions: ["kms:GenerateDataKey"] },
    CreateMultipartUpload: {
      actions: ["s3:PutObject"],
      on: "object",
      keyActions: ["kms:GenerateDataKey"],
    },
    DeleteObject: { actions: ["s3:DeleteObject"], on: "object" },
    GetObject: { actions: ["s3:GetObject"], on: "object", keyActions: ["kms:Decrypt"] },
    // The checksum is encrypted with the object.
    HeadObject: { actions: ["s3:GetObject"], on: "object", keyActions: ["kms:Decrypt"] },
    ListMultipartUploads: { actions: ["s3:ListBucketMultipartUploads"], on: "bucket" },
    ListObjectVersions: { actions: ["s3:ListBucketVersions"], on: "bucket" },
    ListObjectsV2: { actions: ["s3:ListBucket"], on: "bucket" },
    ListParts: { actions: ["s3:ListMultipartUploadParts"], on: "object" },
    PutObject: {
      actions: ["s3:PutObject"],
      on: "object",
      keyActions: ["kms:GenerateDataKey"],
    },
    UploadPart: { actions: ["s3:PutObject"], on: "object", keyActions: ["kms:Decrypt"] },
    UploadPartCopy: { actions: ["s3:PutObject"], on: "object", keyActions: ["kms:Decrypt"] },
  }),
);

/** The permissions of an operation of S3 on a bucket. */
export function s3Requests({ command, input }: SdkCall, deployment: Deployment): Needed[] {
  const { world, bucketKeys } = deployment;
  const operation = OPERATIONS.get(command);
  if (operation === undefined)
    throw new AssumptionError(
      `the permissions of S3 ${command} are not known; write them into modules/iam/proof/calls`,
    );
  const bucket = `arn:${world.partition}:s3:::${String(input["Bucket"])}`;
  const object = `${bucket}/${String(input["Key"])}`;
  const key = bucketKeys.get(bucket);
  const own = { "aws:ResourceAccount": world.account };
  const prefix = input["Prefix"];
  return [
    ...copied(input["CopySource"], deployment),
    ...[
      ...(input["VersionId"] === undefined
        ? operation.actions
        : operation.actions.map((action) => `${action}Version`)),
      // A write under the condition of an etag reads it.
      ...(input["IfMatch"] === undefined ? [] : ["s3:GetObject"]),
    ].map((action) => ({
      action,
      resource: operation.on === "object" ? object : bucket,
      context: {
        ...own,
        ...(typeof prefix === "string" && LISTS.has(action) ? { "s3:prefix": prefix } : {}),
      },
    })),
    ...(key === undefined ? [] : (operation.keyActions ?? [])).map((action) => ({
      action,
      resource: key?.key ?? "",
      context: {
        "kms:ViaService": `s3.${world.region}.amazonaws.com`,
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        "kms:EncryptionContext:aws:s3:arn": key?.bucketKey === true ? bucket : object,
      },
    })),
  ];
}

/** Actions of lists, whose requests tell a prefix. */
const LISTS = new Set(["s3:ListBucket", "s3:ListBucketVersions"]);

/**
 * Whoever copies reads what is copied.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
function copied(source: unknown, deployment: Deployment): Needed[] {
  if (typeof source !== "string") return [];
  const [Bucket = "", ...key] = source.split("/").map(decodeURIComponent);
  const read = { service: "S3", command: "GetObject", input: { Bucket, Key: key.join("/") } };
  return s3Requests(read, deployment);
}
