import type { BucketRef } from "../s3";
import type { ResolvedBucket, ResolvedPartner } from "./resolved-partner";

/** The ledger's bucket as grants need it. */
export function ledgerRef({ environment, facts, naming }: ResolvedPartner): BucketRef {
  return {
    arn: naming.bucketArn(facts.ledgerBucket),
    account: environment.account,
    region: environment.region,
    kmsKeyArn: facts.keys.data,
  };
}

/** A bucket of the partner as grants need it. */
export function bucketRef({ environment }: ResolvedPartner, bucket: ResolvedBucket): BucketRef {
  return {
    arn: bucket.arn,
    account: environment.account,
    region: environment.region,
    kmsKeyArn: bucket.kmsKeyArn,
  };
}
