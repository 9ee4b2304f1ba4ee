import type { Grant } from "../iam";

/** Settings of {@link useKeyThrough}. */
export interface UseKeySettings {
  readonly id: string;
  readonly keyArn: string;
  readonly actions: readonly string[];
  /** AWS service that calls the key for the role, e.g. `s3`. */
  readonly service: string;
  readonly region: string;
  /** Encryption context that the service sends: what the role may decrypt with the key. */
  readonly context?: Readonly<Record<string, readonly string[]>>;
  readonly why: string;
  readonly from: string;
}

/**
 * Use a key through one service and for one thing only: a role that may read a bucket can not decrypt what else is
 * encrypted with the key.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function useKeyThrough(settings: UseKeySettings): Grant {
  return {
    id: settings.id,
    actions: settings.actions,
    resources: [settings.keyArn],
    conditions: [
      {
        op: "StringEquals",
        key: "kms:ViaService",
        values: [`${settings.service}.${settings.region}.amazonaws.com`],
      },
      ...Object.entries(settings.context ?? {}).map(([key, values]) => ({
        op: "StringLike" as const,
        key: `kms:EncryptionContext:${key}`,
        values,
      })),
    ],
    why: settings.why,
    from: settings.from,
  };
}
