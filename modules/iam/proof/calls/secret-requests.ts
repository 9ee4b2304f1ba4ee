import { ownersKey } from "../owners-key";
import type { PlainCall } from "./call";

/**
 * A secret is read, and decrypted with a key of its owner's.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
 */
export function secretRequests(valueFrom: string, region: string): PlainCall[] {
  const resource = valueFrom.split(":").slice(0, 7).join(":");
  const isSecret = resource.split(":")[2] === "secretsmanager";
  const key = ownersKey(resource);
  return [
    { action: isSecret ? "secretsmanager:GetSecretValue" : "ssm:GetParameters", resource },
    {
      action: "kms:Decrypt",
      resource: key,
      context: {
        "kms:ViaService": `${isSecret ? "secretsmanager" : "ssm"}.${region}.amazonaws.com`,
        [`kms:EncryptionContext:${isSecret ? "SecretARN" : "PARAMETER_ARN"}`]: resource,
      },
    },
  ];
}
