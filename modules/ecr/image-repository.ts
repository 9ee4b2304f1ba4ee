import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { Construct } from "constructs";
import { type Naming, snakeCase, withLogicalId } from "../core";

/** Props of {@link ImageRepository}. */
export interface ImageRepositoryProps {
  readonly naming: Naming;
  /** Directory below `images/`. */
  readonly image: string;
  readonly disposable: boolean;
}

/** Days that an image without a tag is kept: longer than any run may wait for its next attempt. */
const UNTAGGED_DAYS = 30;

/**
 * The repository of an image: immutable tags, scanned on push; images that lost their tag go after a month.
 * Creates `aws_ecr_repository` and `aws_ecr_lifecycle_policy`.
 */
export class ImageRepository extends Construct {
  readonly repositoryName: string;
  /** Literal, known at plan time. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    super(scope, id);
    const { naming, image, disposable } = props;
    const logicalId = `image_${snakeCase(image)}`;
    this.repositoryName = naming.repository(image);
    this.arn = naming.repositoryArn(image);
    const repository = withLogicalId(
      new EcrRepository(this, "Repository", {
        name: this.repositoryName,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: [{ encryptionType: "AES256" }],
        forceDelete: disposable,
        ...(disposable ? {} : { lifecycle: { preventDestroy: true } }),
      }),
      logicalId,
    );
    withLogicalId(
      new EcrLifecyclePolicy(this, "LifeCycle", {
        repository: repository.name,
        policy: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: "images that lost their tag",
              selection: {
                tagStatus: "untagged",
                countType: "sinceImagePushed",
                countUnit: "days",
                countNumber: UNTAGGED_DAYS,
              },
              action: { type: "expire" },
            },
          ],
        }),
      }),
      logicalId,
    );
  }
}
