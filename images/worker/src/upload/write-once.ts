import { setTimeout as delay } from "node:timers/promises";
import { resolveTaken, type IfTaken } from "./if-taken";
import { httpStatus, lookAt, type Expected, type Target, type Written } from "./target";

/** How often a write is tried that meets another one, or an upload that is gone. */
const TRIES = 6;
const FIRST_WAIT_MS = 200;

/** An object in the target, and how it came to be there. */
export interface OnceWritten extends Written {
  /** This process sent it; it was there with the same bytes; it was there with other bytes and was left. */
  readonly how: "sent" | "there" | "kept";
  /** What was left, where it is not what was to be written. */
  readonly kept?: { readonly size: number; readonly crc32: string } | undefined;
}

/**
 * Runs a write that S3 only takes when the key is free (`If-None-Match: *`), and makes sense of a refusal: the same
 * bytes under the key are the success of an earlier attempt, or of this one after its answer was lost. What becomes of
 * other bytes is the setting's to say.
 *
 * @param write - makes the whole write, over the object with the given etag where there is one; is called anew after a
 * 409, for S3 asks to begin the upload again then
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export async function writeOnce(
  target: Target,
  write: (replaces?: string) => Promise<Written>,
  expected: () => Expected,
  ifTaken: IfTaken = "fail",
): Promise<OnceWritten> {
  let replaces: string | undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      return { ...(await write(replaces)), how: "sent" };
    } catch (error) {
      if (isTaken(error)) {
        const wanted = expected();
        const taken = resolveTaken(target, wanted, await lookAt(target, wanted), ifTaken);
        if ("done" in taken) return taken.done;
        ({ replaces } = taken);
      } else if (httpStatus(error) !== 409) throw error;
      if (tries === TRIES) throw error;
      const wait = FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random());
      await delay(wait, undefined, { signal: target.signal });
    }
  }
}

/**
 * The key is taken; or what was to be written over is gone; or the upload is, as it is after its completion when only the
 * answer was lost.
 */
function isTaken(error: unknown): boolean {
  return (
    httpStatus(error) === 412 ||
    (error as Error | null)?.name === "NoSuchKey" ||
    (error as Error | null)?.name === "NoSuchUpload"
  );
}
