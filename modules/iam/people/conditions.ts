import type { Naming } from "../../core";
import type { Condition } from "../grant";

/** Bucket names are global: one that somebody else took is not ours. */
export const own = (naming: Naming): Condition[] => [
  { op: "StringEquals", key: "aws:ResourceAccount", values: [naming.scope.account] },
];

/** Only below some prefixes; a bucket's name alone lists nothing. */
export const below = (values: readonly string[]): Condition => ({
  op: "StringLike",
  key: "s3:prefix",
  values,
});

/** A key through S3 alone, for some buckets and objects. */
export const throughS3 = (naming: Naming, context: readonly string[]): Condition[] => [
  via(naming, "s3"),
  { op: "StringLike", key: "kms:EncryptionContext:aws:s3:arn", values: context },
];

/** A key through SQS alone, for one queue. */
export const throughSqs = (naming: Naming, queueArn: string): Condition[] => [
  via(naming, "sqs"),
  { op: "StringEquals", key: "kms:EncryptionContext:aws:sqs:arn", values: [queueArn] },
];

const via = ({ scope: { region } }: Naming, service: string): Condition => ({
  op: "StringEquals",
  key: "kms:ViaService",
  values: [`${service}.${region}.amazonaws.com`],
});
