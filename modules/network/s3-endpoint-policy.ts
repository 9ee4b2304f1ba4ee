import type { Naming } from "../core";
import { conditionBlock, type PolicyDocument } from "../iam";

/**
 * What may go through the S3 gateway endpoint. Everything with this account's buckets, by this account's roles; of other
 * buckets, reading alone: image layers, packages of the hosts, and what partners offer by signed addresses. So
 * whoever brings another account's credentials into a job can not carry files to that account's buckets.
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html#edit-vpc-endpoint-policy-s3
 */
export function objectsOfAccountPolicy(naming: Naming): PolicyDocument {
  const { account } = naming.scope;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OwnBuckets",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:*",
        Resource: "*",
        Condition: conditionBlock([
          { op: "StringEquals", key: "aws:ResourceAccount", values: [account] },
          { op: "StringEquals", key: "aws:PrincipalAccount", values: [account] },
        ]),
      },
      {
        Sid: "ReadElsewhere",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: "*",
      },
    ],
  };
}
