import type { Naming } from "../../core";
import type { Grant } from "../../iam";
import { type BucketRef, listPrefix, putObjects, readObjects } from "../../s3";

const FROM = "notifications";

/**
 * What the notify function may do: read each partner's settings, record what was told, read the secrets of channels, and
 * reach the functions and topics that are named as a partner's own for it. It is one function for all partners of an
 * environment: names keep it from everything else, and synthesis refuses channels that are named otherwise.
 */
export function notifyGrants(naming: Naming, ledger: BucketRef, alerts: AlertsRef): Grant[] {
  return [
    ...readObjects(ledger, ["*/spec/*.json", "*/announced/*.json"], {
      id: "Ledger",
      why: "know whom a partner's orders are told to, and what was told",
      from: FROM,
    }),
    ...putObjects(ledger, ["*/announced/*.json"], {
      id: "Ledger",
      why: "record what was told, so that it is told once",
      from: FROM,
    }),
    listPrefix(ledger, ["*/spec/", "*/announced/"], {
      id: "Ledger",
      why: "tell a missing record from a forbidden one",
      from: FROM,
    }),
    ...secretGrants(naming),
    {
      id: "InvokeChannels",
      actions: ["lambda:InvokeFunction"],
      resources: [naming.functionArn("*", "notify-*")],
      why: "tell the functions that partners' files name",
      from: FROM,
    },
    {
      id: "PublishChannels",
      actions: ["sns:Publish"],
      resources: [naming.topicArn("*", "notify-*"), alerts.topicArn],
      why: "tell the topics that partners' files name, and the platform's for partners without settings",
      from: FROM,
    },
    {
      id: "PublishKey",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [naming.arn("kms", "key/*")],
      conditions: [
        via(naming, "sns"),
        {
          op: "StringLike",
          key: "kms:EncryptionContext:aws:sns:topicArn",
          values: [naming.topicArn("*", "notify-*"), alerts.topicArn],
        },
      ],
      why: "publish to topics that are encrypted",
      from: FROM,
      source: "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    },
  ];
}

/** The platform's alerts topic. */
export interface AlertsRef {
  readonly topicArn: string;
}

/** Secrets of channels lie at `<prefix>/<environment>/<partner>/notify/` alone. */
function secretGrants(naming: Naming): Grant[] {
  const why = "read the secrets of channels when they are used";
  return (
    [
      [
        "Secrets",
        "secretsmanager",
        "secretsmanager:GetSecretValue",
        naming.arn("secretsmanager", `secret:${naming.pathName("*", "notify/*")}`),
        "SecretARN",
      ],
      [
        "Parameters",
        "ssm",
        "ssm:GetParameters",
        naming.arn("ssm", `parameter/${naming.pathName("*", "notify/*")}`),
        "PARAMETER_ARN",
      ],
    ] as const
  ).flatMap(([id, service, action, arn, context]): Grant[] => [
    { id: `Read${id}`, actions: [action], resources: [arn], why, from: FROM },
    {
      id: `Decrypt${id}`,
      actions: ["kms:Decrypt"],
      resources: [naming.arn("kms", "key/*")],
      conditions: [
        via(naming, service),
        { op: "StringLike", key: `kms:EncryptionContext:${context}`, values: [arn] },
      ],
      why,
      from: FROM,
    },
  ]);
}

const via = (naming: Naming, service: string) =>
  ({
    op: "StringEquals",
    key: "kms:ViaService",
    values: [`${service}.${naming.scope.region}.amazonaws.com`],
  }) as const;
