import { diskStatements, EncryptionKey, publishersStatements } from "../../../modules/kms";
import { naming, templateOf } from "../../support/platform-scope";
import type { Template } from "../../support/template";

const of = (disposable: boolean): Template =>
  templateOf(
    (scope) =>
      new EncryptionKey(scope, "Key", {
        naming,
        owner: "platform",
        thing: "data",
        description: "Buckets",
        disposable,
        logicalId: "data",
      }),
  );

const account = {
  Sid: "Account",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111122223333:root" },
  Action: "kms:*",
  Resource: "*",
};

test("a key rotates, is kept, and never locks the account out", () => {
  const template = of(false);
  const { policy, ...values } = template.values("aws_kms_key", "data");
  expect(values).toEqual({
    deletion_window_in_days: 30,
    description: "Buckets",
    enable_key_rotation: true,
    lifecycle: { prevent_destroy: true },
  });
  expect(JSON.parse(String(policy))).toEqual({ Version: "2012-10-17", Statement: [account] });
  expect(template.values("aws_kms_alias", "data")).toEqual({
    name: "alias/acme/test/platform/data",
    target_key_id: "${aws_kms_key.data.key_id}",
  });
});

test("a disposable key can be destroyed, after the shortest time that AWS takes", () => {
  const key = of(true).resource("aws_kms_key", "data");
  expect(key["deletion_window_in_days"]).toBe(7);
  expect(key).not.toHaveProperty("lifecycle");
});

test("alarms publish for this account; event rules carry no account that could be compared", () => {
  const publish = {
    Effect: "Allow",
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: "*",
  };
  expect(publishersStatements(naming)).toEqual([
    {
      ...publish,
      Sid: "Alarms",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
    },
    { ...publish, Sid: "Events", Principal: { Service: "events.amazonaws.com" } },
  ]);
});

test("disks: grants only for AWS's own use", () => {
  const [use, grants] = diskStatements(naming);
  expect(use?.Action).not.toContain("kms:CreateGrant");
  expect(grants).toMatchObject({
    Action: "kms:CreateGrant",
    Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
  });
});
