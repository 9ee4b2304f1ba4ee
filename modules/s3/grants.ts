import type { Condition, Grant } from "../iam";
import { useKeyThrough } from "../kms";

/** A bucket as grants need it: one of ours or an existing one. */
export interface BucketRef {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** Key that the bucket is encrypted with, where it has one. */
  readonly kmsKeyArn?: string | undefined;
}

/** What a grant is for, and what in the user's settings needs it. */
export interface GrantReason {
  /** Begins the ids of the grants within the role, e.g. `Ledger`. */
  readonly id: string;
  readonly why: string;
  readonly from: string;
}

/** Keys are given as patterns below the bucket, e.g. `acme/*`. */
export type KeyPatterns = readonly string[];

/**
 * Read objects, their size and checksum. Without {@link listPrefix} on the same keys S3 answers 403 for a key that
 * does not exist.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function readObjects(bucket: BucketRef, keys: KeyPatterns, reason: GrantReason): Grant[] {
  return [
    objects(bucket, keys, `${reason.id}Read`, ["s3:GetObject"], reason),
    ...keyGrant(bucket, `${reason.id}Decrypt`, ["kms:Decrypt"], reason),
  ];
}

/**
 * Read a given version of objects; S3 asks for it whenever a request names a version. The key's grant is that of
 * {@link readObjects}.
 */
export function readVersions(bucket: BucketRef, keys: KeyPatterns, reason: GrantReason): Grant {
  return objects(bucket, keys, `${reason.id}ReadVersion`, ["s3:GetObjectVersion"], reason);
}

/**
 * Create objects, in parts too; with versioning on, nothing is lost by overwriting. Parts need the key for decryption as
 * well: S3 reads them when it puts them together.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
 */
export function writeObjects(bucket: BucketRef, keys: KeyPatterns, reason: GrantReason): Grant[] {
  return [
    objects(
      bucket,
      keys,
      `${reason.id}Write`,
      ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
      reason,
    ),
    ...keyGrant(bucket, `${reason.id}Encrypt`, ["kms:Decrypt", "kms:GenerateDataKey"], reason),
  ];
}

/** Create small objects in one request each, e.g. facts in the ledger. */
export function putObjects(bucket: BucketRef, keys: KeyPatterns, reason: GrantReason): Grant[] {
  return [
    objects(bucket, keys, `${reason.id}Put`, ["s3:PutObject"], reason),
    ...keyGrant(bucket, `${reason.id}Encrypt`, ["kms:GenerateDataKey"], reason),
  ];
}

/** Give up uploads in parts that are under way. */
export function abortUploads(bucket: BucketRef, keys: KeyPatterns, reason: GrantReason): Grant {
  return objects(bucket, keys, `${reason.id}Abort`, ["s3:AbortMultipartUpload"], reason);
}

/** List keys below prefixes, and nothing else of the bucket. */
export function listPrefix(
  bucket: BucketRef,
  prefixes: readonly string[],
  reason: GrantReason,
): Grant {
  return listMatching(
    bucket,
    prefixes.map((prefix) => `${prefix}*`),
    reason,
  );
}

/** List with prefixes that match patterns, and with no other. */
export function listMatching(bucket: BucketRef, patterns: KeyPatterns, reason: GrantReason): Grant {
  return {
    id: `${reason.id}List`,
    actions: ["s3:ListBucket"],
    resources: [bucket.arn],
    conditions: [inAccount(bucket), { op: "StringLike", key: "s3:prefix", values: patterns }],
    why: reason.why,
    from: reason.from,
  };
}

/**
 * List uploads in parts that are under way. S3 can not limit it to a prefix: for buckets that one partner has alone.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export function listUploads(bucket: BucketRef, reason: GrantReason): Grant {
  return {
    id: `${reason.id}Uploads`,
    actions: ["s3:ListBucketMultipartUploads"],
    resources: [bucket.arn],
    conditions: [inAccount(bucket)],
    why: reason.why,
    from: reason.from,
  };
}

function objects(
  bucket: BucketRef,
  keys: KeyPatterns,
  id: string,
  actions: readonly string[],
  { why, from }: GrantReason,
): Grant {
  return {
    id,
    actions,
    resources: keys.map((key) => `${bucket.arn}/${key}`),
    conditions: [inAccount(bucket)],
    why,
    from,
  };
}

function keyGrant(
  bucket: BucketRef,
  id: string,
  actions: readonly string[],
  { why, from }: GrantReason,
): Grant[] {
  if (bucket.kmsKeyArn === undefined) return [];
  return [
    useKeyThrough({
      id,
      keyArn: bucket.kmsKeyArn,
      actions,
      service: "s3",
      region: bucket.region,
      // With a bucket key the context is the bucket's ARN, without one the object's.
      context: { "aws:s3:arn": [bucket.arn, `${bucket.arn}/*`] },
      why,
      from,
    }),
  ];
}

/** A bucket of this name in another account is another bucket. */
function inAccount(bucket: BucketRef): Condition {
  return { op: "StringEquals", key: "aws:ResourceAccount", values: [bucket.account] };
}
