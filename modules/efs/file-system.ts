import { EfsBackupPolicy } from "@cdktf/provider-aws/lib/efs-backup-policy";
import { EfsFileSystem } from "@cdktf/provider-aws/lib/efs-file-system";
import { EfsFileSystemPolicy } from "@cdktf/provider-aws/lib/efs-file-system-policy";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target";
import { Construct } from "constructs";
import { type Naming, snakeCase, withLogicalId } from "../core";
import { policyJson } from "../iam";
import { denyOnlyPolicy } from "./file-system-policy";

/** Props of {@link FileSystem}. */
export interface FileSystemProps {
  readonly naming: Naming;
  readonly owner: string;
  readonly kmsKeyArn: string;
  /** A mount target in each, by the name of its zone or, of an existing network, by its id. */
  readonly subnets: Readonly<Record<string, string>>;
  readonly securityGroupId: string;
  readonly disposable: boolean;
  readonly logicalId: string;
}

/**
 * The staging file system: encrypted, elastic throughput (paid by the byte, so that a night's order is not bound to a
 * size), cold files to infrequent access, and a policy that only refuses.
 * Creates `aws_efs_file_system`, its policy, backup policy and a mount target per subnet.
 */
export class FileSystem extends Construct {
  readonly fileSystem: EfsFileSystem;
  /** Known after apply. */
  readonly id: string;
  /** Whoever exports the id must wait for them: a job that starts before them can not mount. */
  readonly mountTargets: readonly EfsMountTarget[];

  constructor(scope: Construct, id: string, props: FileSystemProps) {
    super(scope, id);
    const { naming, owner, disposable, logicalId } = props;
    const kept = disposable ? {} : { lifecycle: { preventDestroy: true } };
    this.fileSystem = withLogicalId(
      new EfsFileSystem(this, "FileSystem", {
        // Makes creation idempotent.
        creationToken: naming.name("tag", owner, "staging"),
        encrypted: true,
        kmsKeyId: props.kmsKeyArn,
        throughputMode: "elastic",
        lifecyclePolicy: [
          { transitionToIa: "AFTER_30_DAYS" },
          { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
        ],
        protection: { replicationOverwrite: "ENABLED" },
        tags: { Name: naming.name("tag", owner, "staging") },
        ...kept,
      }),
      logicalId,
    );
    this.id = this.fileSystem.id;
    withLogicalId(
      new EfsFileSystemPolicy(this, "Policy", {
        fileSystemId: this.id,
        policy: policyJson(denyOnlyPolicy()),
        ...kept,
      }),
      logicalId,
    );
    withLogicalId(
      new EfsBackupPolicy(this, "Backup", {
        fileSystemId: this.id,
        // What rests here can be fetched again; a backup would keep deliveries longer than their retention.
        backupPolicy: { status: "DISABLED" },
      }),
      logicalId,
    );
    this.mountTargets = Object.entries(props.subnets).map(([place, subnetId]) =>
      withLogicalId(
        new EfsMountTarget(this, `MountTarget-${place}`, {
          fileSystemId: this.id,
          subnetId,
          securityGroups: [props.securityGroupId],
        }),
        `${logicalId}_${snakeCase(place)}`,
      ),
    );
  }
}
