import { conditionBlock, type PolicyDocument } from "../iam";

/**
 * Refuses everything that does not come with TLS, through an access point, by a mount target. It allows nothing: any
 * policy takes away the anonymous default, so what is allowed stands with the roles alone.
 *
 * The resource is the file system that the policy is attached to; `*` means the same and is known before it exists.
 * @see https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 */
export function denyOnlyPolicy(): PolicyDocument {
  const client = [
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientRootAccess",
    "elasticfilesystem:ClientWrite",
  ];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: client,
        Resource: "*",
        Condition: conditionBlock([{ op: "Bool", key: "aws:SecureTransport", values: ["false"] }]),
      },
      {
        Sid: "ByAccessPointOnly",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: client,
        Resource: "*",
        Condition: conditionBlock([
          { op: "Null", key: "elasticfilesystem:AccessPointArn", values: ["true"] },
        ]),
      },
      {
        Sid: "ByMountTargetOnly",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: client,
        Resource: "*",
        Condition: conditionBlock([
          {
            op: "BoolIfExists",
            key: "elasticfilesystem:AccessedViaMountTarget",
            values: ["false"],
          },
        ]),
      },
      {
        Sid: "NeverAsRoot",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "elasticfilesystem:ClientRootAccess",
        Resource: "*",
      },
    ],
  };
}
