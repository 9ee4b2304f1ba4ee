import { randomUUID } from "node:crypto";
import { type BucketRecord, NULL_VERSION, type ObjectRecord } from "./store/records";

/** Why an object was created, as S3 names it. */
export type CreationReason = "PutObject" | "CopyObject" | "CompleteMultipartUpload";

/**
 * The event "Object Created" as S3 hands it to EventBridge. The key is not url-encoded, as it would be in S3's own
 * notifications.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export interface ObjectCreatedEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": "Object Created";
  readonly source: "aws.s3";
  readonly account: string;
  /** ISO 8601 instant, whole seconds. */
  readonly time: string;
  readonly region: string;
  /** ARN of the bucket. */
  readonly resources: readonly [string];
  readonly detail: {
    readonly version: "0";
    readonly bucket: { readonly name: string };
    readonly object: {
      readonly key: string;
      readonly size: number;
      /** Without quotes. */
      readonly etag: string;
      /** In versioned buckets. */
      readonly "version-id"?: string;
      /** Hexadecimal; of two events of one key the later has the greater. */
      readonly sequencer: string;
    };
    readonly "request-id": string;
    /** Account of the writer. */
    readonly requester: string;
    readonly "source-ip-address": string;
    readonly reason: CreationReason;
  };
}

/** What an event is made of. */
export interface CreatedObject {
  readonly bucket: BucketRecord;
  readonly key: string;
  readonly object: ObjectRecord;
  readonly reason: CreationReason;
  readonly sequencer: string;
  readonly requestId: string;
  readonly account: string;
}

/** Makes the event of a creation. */
export function objectCreatedEvent(created: CreatedObject): ObjectCreatedEvent {
  const { bucket, object } = created;
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Object Created",
    source: "aws.s3",
    account: created.account,
    time: `${new Date(object.modified).toISOString().slice(0, 19)}Z`,
    region: bucket.region,
    resources: [`arn:aws:s3:::${bucket.name}`],
    detail: {
      version: "0",
      bucket: { name: bucket.name },
      object: {
        key: created.key,
        size: object.size,
        etag: object.etag,
        ...(object.versionId === NULL_VERSION ? {} : { "version-id": object.versionId }),
        sequencer: created.sequencer,
      },
      "request-id": created.requestId,
      requester: created.account,
      "source-ip-address": "127.0.0.1",
      reason: created.reason,
    },
  };
}
