import { statementOf } from "../../../modules/iam";
import { useKeyThrough } from "../../../modules/kms";

const settings = {
  id: "Use",
  keyArn: "arn:aws:kms:eu-central-1:111122223333:key/k",
  actions: ["kms:Decrypt"],
  service: "secretsmanager",
  region: "eu-central-1",
  why: "read its secret",
  from: "secrets",
};

test("a key is used through one service", () => {
  expect(statementOf(useKeyThrough(settings))).toEqual({
    Sid: "Use",
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: settings.keyArn,
    Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" } },
  });
});

test("a context limits what is decrypted", () => {
  const { Condition } = statementOf(
    useKeyThrough({ ...settings, context: { "aws:x": ["a", "b"] } }),
  );
  expect(Condition).toMatchObject({ StringLike: { "kms:EncryptionContext:aws:x": ["a", "b"] } });
});
