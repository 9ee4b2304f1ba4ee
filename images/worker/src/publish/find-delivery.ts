import {
  deliveryPrefix,
  fileKey,
  manifestKey,
  type Manifest,
  type PublishTarget,
  type RunRef,
} from "../../../../modules/contract";
import type { Target } from "../upload/target";
import { listObjects, type ListedObject } from "./listing";
import { readManifest } from "./manifest-store";

/** What the target holds of a delivery. */
export interface FoundDelivery {
  /** There when the delivery is whole. */
  readonly manifest: Manifest | undefined;
  /** The delivered files, by key. */
  readonly files: ReadonlyMap<string, ListedObject>;
}

/**
 * Looks what the target holds of a delivery. By a listing, not by asking for the manifest: S3 answers "forbidden" for
 * an object that is not there to a role whose right to list is limited to a prefix.
 */
export async function findDelivery(
  target: Target,
  settings: PublishTarget,
  run: RunRef,
): Promise<FoundDelivery> {
  const key = manifestKey(settings.prefix, run);
  const objects = await listObjects(target, deliveryPrefix(settings.prefix, run));
  const files = fileKey(settings.prefix, run, "");
  return {
    manifest: objects.has(key) ? await readManifest(target, key) : undefined,
    files: new Map([...objects].filter(([name]) => name.startsWith(files))),
  };
}
