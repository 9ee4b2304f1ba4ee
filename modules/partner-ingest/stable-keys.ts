import type { StableKey } from "../contract";
import type { Grant } from "../iam";
import { listPrefix, readObjects, writeObjects, type BucketRef } from "../s3";

interface WithStable {
  readonly stable?: Readonly<Record<string, string>> | undefined;
}

/** What the worker is told about keys that readers know; nothing where there are none. */
export function stableSettings({ stable = {} }: WithStable): {
  readonly stable?: readonly StableKey[];
} {
  const keys = Object.entries(stable)
    .map(([key, file]) => ({ key, file }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return keys.length === 0 ? {} : { stable: keys };
}

/**
 * What a step may do with the keys that readers know: exactly these are read, listed and written.
 *
 * @param sources - patterns of the files that are copied there, where the step may not read them anyhow
 */
export function stableGrants(
  bucket: BucketRef,
  settings: WithStable,
  from: string,
  sources: readonly string[] = [],
): Grant[] {
  const keys = Object.keys(settings.stable ?? {}).sort();
  if (keys.length === 0) return [];
  const reason = { id: "Stable", from };
  return [
    ...writeObjects(bucket, keys, {
      ...reason,
      why: "switch the keys that readers know to a delivery that is whole",
    }),
    ...readObjects(bucket, [...keys, ...sources], {
      ...reason,
      why: "see which delivery the keys that readers know hold, and copy from the new one",
    }),
    listPrefix(bucket, keys, {
      ...reason,
      why: "tell a key that is free from one that must not be read",
    }),
  ];
}
