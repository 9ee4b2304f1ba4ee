import { setTimeout as delay } from "node:timers/promises";
import { findSame, httpStatus, type Expected, type Target, type Written } from "./target";

/** How often a write is tried that meets another one, or an upload that is gone. */
const TRIES = 6;
const FIRST_WAIT_MS = 200;

/** An object in the target, and whether this process sent it. */
export interface OnceWritten extends Written {
  readonly how: "sent" | "there";
}

/**
 * Runs a write that S3 only takes when the key is free (`If-None-Match: *`), and makes sense of a refusal: the same
 * bytes under the key are the success of an earlier attempt, or of this one after its answer was lost.
 *
 * @param write - makes the whole write; is called anew after a 409, for S3 asks to begin the upload again then
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export async function writeOnce(
  target: Target,
  write: () => Promise<Written>,
  expected: () => Expected,
): Promise<OnceWritten> {
  for (let tries = 1; ; tries += 1) {
    try {
      return { ...(await write()), how: "sent" };
    } catch (error) {
      if (isTaken(error)) {
        const there = await findSame(target, expected());
        if (there !== undefined) return { ...there, how: "there" };
      } else if (httpStatus(error) !== 409) throw error;
      if (tries === TRIES) throw error;
      const wait = FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random());
      await delay(wait, undefined, { signal: target.signal });
    }
  }
}

/** The key is taken; or the upload is gone, as it is after its completion when only the answer was lost. */
function isTaken(error: unknown): boolean {
  return httpStatus(error) === 412 || (error as Error | null)?.name === "NoSuchUpload";
}
