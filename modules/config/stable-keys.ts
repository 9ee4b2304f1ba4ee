import { z } from "zod";
import { QUARANTINE_ROOT } from "../contract";
import type { Fault } from "./fault";
import type { Partner } from "./partner-schema";

/** Setting of steps whose deliveries readers find under keys that stay. */
export const stableBase = {
  /**
   * Keys that readers know, each with the path or pattern of the one file of a delivery that it holds, e.g.
   * `{ "current/feed.tsv": "feed.tsv" }`. They are switched once the delivery is whole; a newer delivery is never replaced
   * by an older one. @default - none
   */
  stable: z.record(z.string(), z.string().min(1)).optional(),
};

/** Longest key in bytes. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** What is wrong with stable keys: each is written literally into a permission, and lies where no delivery does. */
export function stableKeyFaults(partner: Partner): Fault[] {
  const taken = new Map<string, string>();
  return Object.entries(partner.steps).flatMap(([name, step]): Fault[] => {
    if (!("stable" in step)) return [];
    const place = targetOf(partner, name);
    return Object.keys(step.stable ?? {}).flatMap((key): Fault[] => {
      const path = ["steps", name, "stable", key];
      const fault = keyFault(key, place?.prefix ?? "");
      const id = `${place?.to ?? ""}/${key}`;
      const other = taken.get(id);
      taken.set(id, name);
      return [
        ...(fault === undefined ? [] : [{ path, message: fault, hideValue: true }]),
        ...(other === undefined
          ? []
          : [{ path, message: `is a key of step ${JSON.stringify(other)} too`, hideValue: true }]),
      ];
    });
  });
}

function keyFault(key: string, prefix: string): string | undefined {
  if (key === "" || key.startsWith("/") || key.endsWith("/"))
    return 'must be a key that does not begin or end with "/"';
  // In a permission they would stand for other keys, too.
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[*?$\u0000-\u001f\u007f]/u.test(key))
    return "must be a key without *, ?, $ and control characters";
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    return `must be a key of at most ${String(MAX_KEY_BYTES)} bytes of UTF-8`;
  if (key.startsWith(QUARANTINE_ROOT))
    return `must not lie below ${JSON.stringify(QUARANTINE_ROOT)}, which readers are never granted`;
  if (prefix !== "" && key.startsWith(prefix))
    return `must not lie below the step's prefix ${JSON.stringify(prefix)}, where deliveries have keys of their own`;
  return undefined;
}

/** Where a step delivers to: a merge delivers where the step does whose parts it merges. */
export function targetOf(
  { steps }: Partner,
  name: string,
): { readonly to: string; readonly prefix: string } | undefined {
  const step = steps[name];
  if (step !== undefined && "to" in step) return step;
  const merged = step?.after.map((before) => steps[before]).find((one) => one?.kind === "process");
  return merged !== undefined && "to" in merged ? merged : undefined;
}
