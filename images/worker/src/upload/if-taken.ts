import type { IfTaken } from "../../../../modules/contract";
import { StepError } from "../step/step-error";
import { conflict, type Expected, type Found, type Target } from "./target";
import type { OnceWritten } from "./write-once";

export type { IfTaken };

/** Either the key is settled, or a write goes on: over the object with the etag, or, without one, to a free key. */
export type Taken = { readonly done: OnceWritten } | { readonly replaces: string | undefined };

/**
 * Decides what becomes of a key by what it holds: the same bytes are success; other bytes are an error, are written over
 * under the condition that they are still the same, or are left, as the setting says.
 *
 * @throws StepError `conflict`
 */
export function resolveTaken(
  { bucket }: Target,
  expected: Expected,
  found: Found,
  ifTaken: IfTaken,
): Taken {
  if (found.state === "free") return { replaces: undefined };
  if (found.state === "same") return { done: { ...found.object, how: "there" } };
  const { size, crc32, ...written } = found.object;
  if (ifTaken === "overwrite") return { replaces: written.etag };
  if (ifTaken === "fail") throw conflict(bucket, expected, found.object);
  // The manifest tells what readers find, and it tells the CRC-32 of each file.
  if (crc32 === undefined)
    throw new StepError(
      "conflict",
      `the bucket ${JSON.stringify(bucket)} holds an object without a CRC-32 of its whole content under ${JSON.stringify(expected.key)}, ` +
        'which can not be left and listed in the manifest as ifTaken "skip" asks; remove it, or choose "overwrite"',
    );
  return { done: { ...written, how: "kept", kept: { size, crc32 } } };
}
