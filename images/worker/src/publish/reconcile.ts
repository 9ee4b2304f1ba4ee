import type { ManifestFile } from "../../../../modules/contract";
import { listSome, StepError } from "../step/step-error";
import type { ListedObject } from "./listing";

/**
 * Compares what should be in the target with what a listing shows: nothing may be missing, nothing more, nothing else.
 *
 * @throws StepError `conflict`
 */
export function reconcile(
  bucket: string,
  files: readonly ManifestFile[],
  listed: ReadonlyMap<string, ListedObject>,
): void {
  const keys = new Set(files.map(({ key }) => key));
  const faults = files.flatMap(({ key, size, etag }) => {
    const object = listed.get(key);
    const shown = JSON.stringify(key);
    if (object === undefined) return [`${shown} is missing`];
    if (object.size !== size)
      return [`${shown} has ${String(object.size)} bytes, expected ${String(size)}`];
    return object.etag === etag ? [] : [`${shown} was replaced by another object of the same size`];
  });
  for (const key of listed.keys())
    if (!keys.has(key)) faults.push(`${JSON.stringify(key)} does not belong to the delivery`);
  if (faults.length > 0)
    throw new StepError(
      "conflict",
      `the bucket ${JSON.stringify(bucket)} does not hold what was delivered: ${listSome(faults)}; ` +
        "something other than the worker writes there: find it, then start a new attempt of the order",
    );
}
