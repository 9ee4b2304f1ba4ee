import { conditionBlock, type PolicyDocument } from "../iam";

/**
 * Refuses requests without TLS, and with TLS older than 1.2. It allows nothing: what is allowed stands with identities.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export function tlsOnlyPolicy(bucketArn: string): PolicyDocument {
  const resources = [bucketArn, `${bucketArn}/*`];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: resources,
        Condition: conditionBlock([{ op: "Bool", key: "aws:SecureTransport", values: ["false"] }]),
      },
      {
        Sid: "ModernTlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: resources,
        Condition: conditionBlock([
          { op: "NumericLessThan", key: "s3:TlsVersion", values: ["1.2"] },
        ]),
      },
    ],
  };
}
