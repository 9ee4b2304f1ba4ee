import { TerraformVariable } from "cdktf";
import { Bucket, type BucketProps } from "../../../modules/s3";
import { naming, templateOf } from "../../support/platform-scope";
import type { Template } from "../../support/template";

const NAME = `acme--test--partner--landing--${naming.hash8}`;

const props: BucketProps = {
  naming,
  owner: "partner",
  thing: "landing",
  kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/k",
  disposable: false,
  logicalId: "landing",
};

const of = (changes: Partial<BucketProps> = {}): Template =>
  templateOf((scope) => new Bucket(scope, "Bucket", { ...props, ...changes }));

test("name and ARN are literal", () => {
  templateOf((scope) => {
    const bucket = new Bucket(scope, "Bucket", props);
    expect(bucket.bucketName).toBe(NAME);
    expect(bucket.arn).toBe(`arn:aws:s3:::${NAME}`);
  });
});

test("a bucket comes with its family, under one logical id", () => {
  expect(of().addresses()).toEqual([
    "aws_s3_bucket.landing",
    "aws_s3_bucket_lifecycle_configuration.landing",
    "aws_s3_bucket_ownership_controls.landing",
    "aws_s3_bucket_policy.landing",
    "aws_s3_bucket_public_access_block.landing",
    "aws_s3_bucket_server_side_encryption_configuration.landing",
    "aws_s3_bucket_versioning.landing",
  ]);
});

test("defaults", () => {
  const template = of();
  const kept = { lifecycle: { prevent_destroy: true } };
  const bucket = "${aws_s3_bucket.landing.id}";
  const resource = (type: string): unknown => template.values(type, "landing");
  expect(resource("aws_s3_bucket")).toEqual({ bucket: NAME, force_destroy: false, ...kept });
  expect(resource("aws_s3_bucket_public_access_block")).toEqual({
    bucket,
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
    ...kept,
  });
  expect(resource("aws_s3_bucket_ownership_controls")).toEqual({
    bucket,
    rule: { object_ownership: "BucketOwnerEnforced" },
    ...kept,
  });
  expect(resource("aws_s3_bucket_server_side_encryption_configuration")).toEqual({
    bucket,
    rule: [
      {
        apply_server_side_encryption_by_default: {
          kms_master_key_id: props.kmsKeyArn,
          sse_algorithm: "aws:kms",
        },
        bucket_key_enabled: true,
      },
    ],
    ...kept,
  });
  expect(resource("aws_s3_bucket_versioning")).toEqual({
    bucket,
    versioning_configuration: { status: "Enabled" },
    ...kept,
  });
  expect(resource("aws_s3_bucket_lifecycle_configuration")).toEqual({
    bucket,
    depends_on: ["aws_s3_bucket_versioning.landing"],
    rule: [
      {
        id: "abandoned-uploads",
        status: "Enabled",
        filter: [{ prefix: "" }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
      {
        id: "old-versions",
        status: "Enabled",
        filter: [{ prefix: "" }],
        noncurrent_version_expiration: [{ noncurrent_days: 30 }],
      },
    ],
    ...kept,
  });
});

test("the policy refuses requests without TLS 1.2, allows nothing, and is known at plan time", () => {
  const { Statement } = of().policy("aws_s3_bucket_policy", "landing");
  const common = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${NAME}`, `arn:aws:s3:::${NAME}/*`],
  };
  expect(Statement).toEqual([
    { ...common, Sid: "TlsOnly", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { ...common, Sid: "ModernTlsOnly", Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ]);
});

test("a disposable bucket can be destroyed with what is in it", () => {
  const template = of({ disposable: true });
  expect(JSON.stringify(template.json)).not.toContain("prevent_destroy");
  expect(template.only("aws_s3_bucket")["force_destroy"]).toBe(true);
});

test("objects expire where asked for", () => {
  const rules = of({ expireDays: 14 }).only("aws_s3_bucket_lifecycle_configuration")["rule"];
  expect((rules as unknown[])[2]).toEqual({
    id: "expire",
    status: "Enabled",
    filter: [{ prefix: "" }],
    expiration: [{ days: 14 }],
  });
});

test("EventBridge is told of objects where asked for; nothing is kept for that", () => {
  expect(of({ eventBridge: true }).values("aws_s3_bucket_notification", "landing")).toEqual({
    bucket: "${aws_s3_bucket.landing.id}",
    eventbridge: true,
  });
});

test("the key may come from Terraform", () => {
  const template = templateOf((scope) => {
    const key = new TerraformVariable(scope, "key", { type: "string" });
    new Bucket(scope, "Bucket", { ...props, kmsKeyArn: key.stringValue });
  });
  expect(
    JSON.stringify(template.only("aws_s3_bucket_server_side_encryption_configuration")),
  ).toContain("${var.key}");
});

test("two buckets in one stack", () => {
  const template = templateOf((scope) => {
    new Bucket(scope, "Landing", props);
    new Bucket(scope, "Processed", { ...props, thing: "processed", logicalId: "processed" });
  });
  expect(Object.keys(template.resources("aws_s3_bucket"))).toEqual(["landing", "processed"]);
  expect(template.addresses()).toHaveLength(14);
});

test("fails when the name is longer than AWS takes", () => {
  expect(() => of({ owner: "a-partner-of-20-chars", thing: "with-a-long-name-of-things" })).toThrow(
    `the bucket name "acme--test--a-partner-of-20-chars--with-a-long-name-of-things--${naming.hash8}" has 71 characters, AWS takes 63; shorten the prefix, the environment id or the partner id`,
  );
});
