import { ConfigError } from "../../modules/core/errors";
import { bucketNameFault } from "./operations/bucket-name";
import type { BucketSetup } from "./options";
import type { Store } from "./store/store";

/** Refuses names that S3 would refuse, all at once. */
export function checkBuckets(buckets: readonly BucketSetup[]): void {
  const faults = buckets.flatMap(({ name }, index) => {
    const fault = bucketNameFault(name);
    return fault === undefined
      ? []
      : [`buckets[${String(index)}].name: a bucket name ${fault}, got ${JSON.stringify(name)}`];
  });
  if (faults.length > 0) throw new ConfigError(faults);
}

/** Makes a bucket, or gives an existing one its settings. */
export function setUpBucket(
  store: Store,
  region: string,
  { name, versioned = false, eventBridge = false }: BucketSetup,
): void {
  const known = store.buckets.get(name)?.record;
  // Versioning that was on can be suspended but not undone.
  const off = known?.versioning === undefined ? undefined : ("Suspended" as const);
  store.commit({
    type: "bucket",
    record: {
      name,
      region: known?.region ?? region,
      created: known?.created ?? Date.now(),
      versioning: versioned ? "Enabled" : off,
      eventBridge,
    },
  });
}
