import { AccessPoint, mountStaging } from "../../../modules/efs";
import { statementOf } from "../../../modules/iam";
import { naming, templateOf } from "../../support/platform-scope";
import type { Template } from "../../support/template";

const of = (disposable: boolean): Template =>
  templateOf(
    (scope) =>
      new AccessPoint(scope, "Staging", {
        naming,
        owner: "universal-music",
        fileSystemId: "fs-0123456789abcdef0",
        disposable,
        logicalId: "staging",
      }),
  );

test("whoever comes through it sees the partner's directory alone, as the worker's user", () => {
  expect(of(false).values("aws_efs_access_point", "staging")).toEqual({
    file_system_id: "fs-0123456789abcdef0",
    posix_user: { uid: 10001, gid: 10001 },
    root_directory: {
      path: "/acme/test/universal-music",
      creation_info: { owner_uid: 10001, owner_gid: 10001, permissions: "0750" },
    },
    tags: { Name: "acme--test--universal-music--staging" },
    lifecycle: { prevent_destroy: true },
  });
});

test("a disposable one can be destroyed", () => {
  expect(of(true).only("aws_efs_access_point")).not.toHaveProperty("lifecycle");
});

test("mounting: read and write through one access point, never as root", () => {
  const fileSystemArn = "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-1";
  const accessPointArn = "${aws_efs_access_point.staging.arn}";
  expect(
    statementOf(
      mountStaging({ fileSystemArn, accessPointArn, why: "keep files", from: "staging" }),
    ),
  ).toEqual({
    Sid: "MountStaging",
    Effect: "Allow",
    Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    Resource: fileSystemArn,
    Condition: {
      Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
      StringEquals: { "elasticfilesystem:AccessPointArn": accessPointArn },
    },
  });
});
