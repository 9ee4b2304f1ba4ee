import type { S3BucketLifecycleConfigurationRule } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";

/** Days after which an upload that nobody finished is removed: longer than any delayed attempt. */
const ABANDONED_UPLOAD_DAYS = 7;

/** Days that an overwritten or deleted version can be brought back. */
const OLD_VERSION_DAYS = 30;

/**
 * Life cycle of every bucket: abandoned uploads go (they are paid for and not listed), old versions go after a month,
 * and objects expire where the user says so.
 */
export function lifecycleRules(
  expireDays: number | undefined,
): S3BucketLifecycleConfigurationRule[] {
  return [
    {
      id: "abandoned-uploads",
      status: "Enabled",
      filter: [{ prefix: "" }],
      abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABANDONED_UPLOAD_DAYS }],
    },
    {
      id: "old-versions",
      status: "Enabled",
      filter: [{ prefix: "" }],
      noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSION_DAYS }],
    },
    ...(expireDays === undefined
      ? []
      : [
          {
            id: "expire",
            status: "Enabled",
            filter: [{ prefix: "" }],
            expiration: [{ days: expireDays }],
          },
        ]),
  ];
}
