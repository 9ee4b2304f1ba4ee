import type { Grant } from "../iam";
import type { ResolvedPartner, ResolvedStep } from "./resolved-partner";

/** A service that keeps secrets: how it is called, and the encryption context that it gives the key. */
const STORES = {
  secretsmanager: {
    id: "Secrets",
    action: "secretsmanager:GetSecretValue",
    context: "kms:EncryptionContext:SecretARN",
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
  },
  ssm: {
    id: "Parameters",
    action: "ssm:GetParameters",
    context: "kms:EncryptionContext:PARAMETER_ARN",
    source:
      "https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html",
  },
} as const;

/**
 * Read the secrets of a step, and decrypt these alone. Which key a secret is encrypted with is not ours to know; the
 * encryption context names the secret, so that no other can be decrypted with the same key.
 */
export function secretGrants({ naming }: ResolvedPartner, step: ResolvedStep): Grant[] {
  const arns = Object.values(step.settings.secrets).map(secretArn);
  return Object.entries(STORES).flatMap(([service, { id, action, context, source }]) => {
    const own = arns.filter((arn) => arn.split(":")[2] === service);
    if (own.length === 0) return [];
    const why = "hand the program its secrets";
    const from = `${step.from}.secrets`;
    return [
      { id: `Read${id}`, actions: [action], resources: own, why, from },
      {
        id: `Decrypt${id}`,
        actions: ["kms:Decrypt"],
        resources: [naming.arn("kms", "key/*")],
        conditions: [
          {
            op: "StringEquals" as const,
            key: "kms:ViaService",
            values: [`${service}.${naming.scope.region}.amazonaws.com`],
          },
          { op: "StringEquals" as const, key: context, values: own },
        ],
        why,
        from,
        source,
      },
    ];
  });
}

/** Without the key, stage and version that may follow the ARN of a secret. */
function secretArn(valueFrom: string): string {
  return valueFrom.split(":").slice(0, 7).join(":");
}
