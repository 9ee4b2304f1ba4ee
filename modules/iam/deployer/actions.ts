import { AssumptionError } from "../../core";
import { findAction } from "../catalog";

/**
 * Prefixes of actions where they are not the SDK's word for the service in small letters.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const PREFIXES: Readonly<Record<string, string>> = {
  "CloudWatch Logs": "logs",
  EFS: "elasticfilesystem",
  EventBridge: "events",
  "Secrets Manager": "secretsmanager",
};

/**
 * Operations that are authorised by an action of another name; all are of S3.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  DeleteBucketEncryption: "PutEncryptionConfiguration",
  DeleteBucketLifecycle: "PutLifecycleConfiguration",
  DeleteBucketOwnershipControls: "PutBucketOwnershipControls",
  DeletePublicAccessBlock: "PutBucketPublicAccessBlock",
  GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
  GetBucketCors: "GetBucketCORS",
  GetBucketEncryption: "GetEncryptionConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  GetBucketReplication: "GetReplicationConfiguration",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  HeadBucket: "ListBucket",
  HeadObject: "GetObject",
  PutBucketEncryption: "PutEncryptionConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
  ListObjectsV2: "ListBucket",
  ListObjectVersions: "ListBucketVersions",
  DeleteBucketTagging: "PutBucketTagging",
};

/** The action that authorises an operation of the SDK, written `<service>.<operation>`. */
export function actionOf(operation: string): string {
  const dot = operation.lastIndexOf(".");
  const [service, name] = [operation.slice(0, dot), operation.slice(dot + 1)];
  const prefix = PREFIXES[service] ?? service.toLowerCase();
  const action = `${prefix}:${service === "S3" ? (S3_ACTIONS[name] ?? name) : name}`;
  const found = findAction(action);
  if (found === undefined)
    throw new AssumptionError(
      `no action is known that authorises ${operation}; ${action} is not in the catalog`,
    );
  return found.name;
}
