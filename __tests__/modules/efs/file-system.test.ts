import { denyOnlyPolicy, FileSystem, type FileSystemProps } from "../../../modules/efs";
import { naming, templateOf } from "../../support/platform-scope";
import type { Template } from "../../support/template";

const of = (changes: Partial<FileSystemProps> = {}): Template =>
  templateOf(
    (scope) =>
      new FileSystem(scope, "Staging", {
        naming,
        owner: "platform",
        kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/k",
        subnets: { "eu-central-1a": "subnet-a", "eu-central-1b": "subnet-b" },
        securityGroupId: "sg-1",
        disposable: false,
        logicalId: "staging",
        ...changes,
      }),
  );

test("defaults", () => {
  const template = of();
  expect(template.values("aws_efs_file_system", "staging")).toEqual({
    creation_token: "acme--test--platform--staging",
    encrypted: true,
    kms_key_id: "arn:aws:kms:eu-central-1:111122223333:key/k",
    throughput_mode: "elastic",
    lifecycle_policy: [
      { transition_to_ia: "AFTER_30_DAYS" },
      { transition_to_primary_storage_class: "AFTER_1_ACCESS" },
    ],
    protection: { replication_overwrite: "ENABLED" },
    tags: { Name: "acme--test--platform--staging" },
    lifecycle: { prevent_destroy: true },
  });
  expect(template.values("aws_efs_backup_policy", "staging")).toEqual({
    file_system_id: "${aws_efs_file_system.staging.id}",
    backup_policy: { status: "DISABLED" },
  });
});

test("a mount target in each subnet, by the name of its place", () => {
  const template = of();
  expect(Object.keys(template.resources("aws_efs_mount_target"))).toEqual([
    "staging_eu_central_1a",
    "staging_eu_central_1b",
  ]);
  expect(template.values("aws_efs_mount_target", "staging_eu_central_1a")).toEqual({
    file_system_id: "${aws_efs_file_system.staging.id}",
    security_groups: ["sg-1"],
    subnet_id: "subnet-a",
  });
});

test("a disposable file system can be destroyed", () => {
  expect(JSON.stringify(of({ disposable: true }).json)).not.toContain("prevent_destroy");
});

test("the policy allows nothing: no TLS, no access point, not by a mount target, and root are refused", () => {
  expect(
    denyOnlyPolicy().Statement.map(({ Action, Condition, Effect, Resource }) => ({
      Effect,
      Resource,
      actions: typeof Action === "string" ? 1 : Action.length,
      Condition,
    })),
  ).toEqual([
    {
      Effect: "Deny",
      Resource: "*",
      actions: 3,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Effect: "Deny",
      Resource: "*",
      actions: 3,
      Condition: { Null: { "elasticfilesystem:AccessPointArn": "true" } },
    },
    {
      Effect: "Deny",
      Resource: "*",
      actions: 3,
      Condition: { BoolIfExists: { "elasticfilesystem:AccessedViaMountTarget": "false" } },
    },
    { Effect: "Deny", Resource: "*", actions: 1, Condition: undefined },
  ]);
});
