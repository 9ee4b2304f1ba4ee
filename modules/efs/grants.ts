import type { Grant } from "../iam";

/** Settings of {@link mountStaging}. */
export interface MountSettings {
  readonly fileSystemArn: string;
  /** Opaque: the grant's policy is known after apply, and stands alone for that. */
  readonly accessPointArn: string;
  readonly why: string;
  readonly from: string;
}

/**
 * Mount the file system through one access point, to read and write; not as root.
 * @see https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 */
export function mountStaging(settings: MountSettings): Grant {
  return {
    id: "MountStaging",
    actions: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    resources: [settings.fileSystemArn],
    conditions: [
      {
        op: "StringEquals",
        key: "elasticfilesystem:AccessPointArn",
        values: [settings.accessPointArn],
      },
      { op: "Bool", key: "elasticfilesystem:AccessedViaMountTarget", values: ["true"] },
    ],
    why: settings.why,
    from: settings.from,
  };
}
