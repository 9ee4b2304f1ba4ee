import { ImageRepository, pullImage } from "../../../modules/ecr";
import { policyDocument } from "../../../modules/iam";
import { naming, templateOf } from "../../support/platform-scope";
import type { Template } from "../../support/template";

const of = (disposable: boolean): Template =>
  templateOf(
    (scope) => new ImageRepository(scope, "Image", { naming, image: "teleport", disposable }),
  );

test("defaults: tags never move, images are scanned, those without a tag go after a month", () => {
  const template = of(false);
  expect(template.values("aws_ecr_repository", "image_teleport")).toEqual({
    name: "acme/test/platform/teleport",
    image_tag_mutability: "IMMUTABLE",
    image_scanning_configuration: { scan_on_push: true },
    encryption_configuration: [{ encryption_type: "AES256" }],
    force_delete: false,
    lifecycle: { prevent_destroy: true },
  });
  const { policy } = template.resource("aws_ecr_lifecycle_policy", "image_teleport");
  expect(JSON.parse(String(policy))).toMatchObject({
    rules: [
      {
        selection: {
          tagStatus: "untagged",
          countType: "sinceImagePushed",
          countUnit: "days",
          countNumber: 30,
        },
        action: { type: "expire" },
      },
    ],
  });
});

test("a disposable one goes with its images", () => {
  const repository = of(true).resource("aws_ecr_repository", "image_teleport");
  expect(repository["force_delete"]).toBe(true);
  expect(repository).not.toHaveProperty("lifecycle");
});

test("pulling: one repository, and the login that takes no resource", () => {
  const arn = naming.repositoryArn("teleport");
  expect(policyDocument(pullImage(arn, "steps.fetch")).Statement).toEqual([
    {
      Sid: "PullImage",
      Effect: "Allow",
      Action: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
      ],
      Resource: "arn:aws:ecr:eu-central-1:111122223333:repository/acme/test/platform/teleport",
    },
    {
      Sid: "RegistryLogin",
      Effect: "Allow",
      Action: "ecr:GetAuthorizationToken",
      Resource: "*",
    },
  ]);
});
