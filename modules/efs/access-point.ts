import { EfsAccessPoint } from "@cdktf/provider-aws/lib/efs-access-point";
import { Construct } from "constructs";
import { WORKER_UID } from "../contract";
import { type Naming, withLogicalId } from "../core";

/** Props of {@link AccessPoint}. */
export interface AccessPointProps {
  readonly naming: Naming;
  /** Partner id. */
  readonly owner: string;
  readonly fileSystemId: string;
  /** True when the way to the files may be destroyed. */
  readonly disposable: boolean;
  readonly logicalId: string;
}

/**
 * The partner's way into the shared file system: whoever mounts it sees the partner's directory as root and is the
 * worker's user, whatever user the container runs as. Creates `aws_efs_access_point`.
 */
export class AccessPoint extends Construct {
  readonly accessPoint: EfsAccessPoint;
  /** Opaque, known after apply. */
  readonly id: string;
  /** Opaque, known after apply. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: AccessPointProps) {
    super(scope, id);
    const { naming, owner } = props;
    this.accessPoint = withLogicalId(
      new EfsAccessPoint(this, "AccessPoint", {
        fileSystemId: props.fileSystemId,
        posixUser: { uid: WORKER_UID, gid: WORKER_UID },
        rootDirectory: {
          path: `/${naming.scope.prefix}/${naming.scope.environment}/${owner}`,
          creationInfo: { ownerUid: WORKER_UID, ownerGid: WORKER_UID, permissions: "0750" },
        },
        tags: { Name: naming.name("tag", owner, "staging") },
        ...(props.disposable ? {} : { lifecycle: { preventDestroy: true } }),
      }),
      props.logicalId,
    );
    this.id = this.accessPoint.id;
    this.arn = this.accessPoint.arn;
  }
}
