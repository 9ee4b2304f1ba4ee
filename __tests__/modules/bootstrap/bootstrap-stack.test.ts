import { BootstrapStack, boundaryPolicy } from "../../../modules/bootstrap";
import { namingOf } from "../../../modules/stack";
import { testEnvironment } from "../../support/environment";
import { Template } from "../../support/template";

const of = (...changes: Parameters<typeof testEnvironment>): Template =>
  Template.of((app) => new BootstrapStack(app, testEnvironment(...changes)));

test("addresses: state, boundary, service-linked roles", () => {
  expect(of().addresses()).toEqual([
    "aws_iam_policy.boundary",
    "aws_iam_service_linked_role.autoscaling",
    "aws_iam_service_linked_role.batch",
    "aws_iam_service_linked_role.spot",
    "aws_kms_alias.state",
    "aws_kms_key.state",
    "aws_s3_bucket.state",
    "aws_s3_bucket_lifecycle_configuration.state",
    "aws_s3_bucket_ownership_controls.state",
    "aws_s3_bucket_policy.state",
    "aws_s3_bucket_public_access_block.state",
    "aws_s3_bucket_server_side_encryption_configuration.state",
    "aws_s3_bucket_versioning.state",
  ]);
});

test("what exists is not made again", () => {
  expect(
    of({
      backend: { kind: "s3", bucket: "our-state" },
      boundary: { kind: "existing", arn: "arn:aws:iam::111122223333:policy/limit" },
      serviceLinkedRoles: ["spot"],
    }).addresses(),
  ).toEqual(["aws_iam_service_linked_role.spot"]);
});

describe("the boundary", () => {
  const document = boundaryPolicy(namingOf(testEnvironment()));

  test("fits into one managed policy, with room for more", () => {
    expect(JSON.stringify(document).length).toBeLessThan(5000);
  });

  test("has no verb of IAM, none that deletes more than handled messages, and no wildcard in an action", () => {
    const actions = document.Statement.flatMap(({ Action }) => Action);
    expect(
      actions.filter((action) => /^(iam|sts|organizations):|[*?]|:Delete/u.test(action)),
      // Taking a message from a queue is deleting it.
    ).toEqual(["sqs:DeleteMessage"]);
  });

  test("names things of its own environment only", () => {
    const other = JSON.stringify(boundaryPolicy(namingOf(testEnvironment({ id: "prod" }))));
    expect(other).not.toContain("acme--test--");
    expect(other).toContain("acme--prod--");
  });
});

test("the bootstrap's own state stays with the administrator", () => {
  expect((of().json["terraform"] as { backend: unknown }).backend).toEqual({
    local: { path: "terraform.tfstate" },
  });
});
