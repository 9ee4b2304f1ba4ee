import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { TerraformMetaArguments } from "cdktf";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";
import { policyJson } from "../iam";
import { tlsOnlyPolicy } from "./bucket-policy";
import { lifecycleRules } from "./lifecycle-rules";

/** Props of {@link Bucket}. */
export interface BucketProps {
  readonly naming: Naming;
  /** Partner id, `platform` or `bootstrap`. */
  readonly owner: string;
  /** Last part of the name, at most 9 characters. */
  readonly thing: string;
  /** Key that objects are encrypted with; its ARN may come from Terraform. */
  readonly kmsKeyArn: string;
  /** True when the bucket may be destroyed with what is in it. */
  readonly disposable: boolean;
  /**
   * Tell EventBridge of every object.
   * @default false
   */
  readonly eventBridge?: boolean;
  /**
   * Days after which objects expire.
   * @default - objects are kept
   */
  readonly expireDays?: number | undefined;
  /** Logical id of the bucket and of its family. */
  readonly logicalId: string;
}

/**
 * A private bucket and its family, which is kept or forgotten as a whole: public access block, ownership, encryption with
 * a bucket key, versioning, life cycle, a policy that refuses requests without TLS, and events where asked for.
 * Unless `disposable`, Terraform refuses to destroy any of them.
 */
export class Bucket extends Construct {
  readonly bucket: S3Bucket;
  readonly bucketName: string;
  /** Literal, known at plan time. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    const { naming, owner, thing, disposable, logicalId } = props;
    this.bucketName = naming.bucket(owner, thing);
    this.arn = naming.bucketArn(this.bucketName);
    const kept: TerraformMetaArguments = disposable ? {} : { lifecycle: { preventDestroy: true } };
    this.bucket = withLogicalId(
      new S3Bucket(this, "Bucket", { bucket: this.bucketName, forceDestroy: disposable, ...kept }),
      logicalId,
    );
    this.addFamily(props, kept);
  }

  private addFamily(props: BucketProps, kept: TerraformMetaArguments): void {
    const { logicalId } = props;
    // The attribute, not the name: each waits for the bucket.
    const bucket = this.bucket.id;
    const publicAccess = withLogicalId(
      new S3BucketPublicAccessBlock(this, "PublicAccess", {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
        ...kept,
      }),
      logicalId,
    );
    withLogicalId(
      new S3BucketOwnershipControls(this, "Ownership", {
        bucket,
        rule: { objectOwnership: "BucketOwnerEnforced" },
        ...kept,
      }),
      logicalId,
    );
    withLogicalId(
      new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
        bucket,
        rule: [
          {
            applyServerSideEncryptionByDefault: {
              sseAlgorithm: "aws:kms",
              kmsMasterKeyId: props.kmsKeyArn,
            },
            bucketKeyEnabled: true,
          },
        ],
        ...kept,
      }),
      logicalId,
    );
    const versioning = withLogicalId(
      new S3BucketVersioningA(this, "Versioning", {
        bucket,
        versioningConfiguration: { status: "Enabled" },
        ...kept,
      }),
      logicalId,
    );
    withLogicalId(
      new S3BucketLifecycleConfiguration(this, "LifeCycle", {
        bucket,
        rule: lifecycleRules(props.expireDays),
        // Rules for older versions are refused while versioning is not on.
        dependsOn: [versioning],
        ...kept,
      }),
      logicalId,
    );
    withLogicalId(
      new S3BucketPolicy(this, "Policy", {
        bucket,
        policy: policyJson(tlsOnlyPolicy(this.arn)),
        // Two changes of a bucket's access at once conflict (OperationAborted).
        dependsOn: [publicAccess],
        ...kept,
      }),
      logicalId,
    );
    if (props.eventBridge === true)
      withLogicalId(
        new S3BucketNotification(this, "Events", { bucket, eventbridge: true }),
        logicalId,
      );
  }
}
