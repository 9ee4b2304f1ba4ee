import { setTimeout as delay } from "node:timers/promises";
import { httpStatus } from "../upload/target";

const TRIES = 6;
const FIRST_WAIT_MS = 100;

/**
 * Repeats a conditional write that S3 answers with 409: another write to the key was under way, and neither is told to have
 * won. The next try finds out, by a 412 where the other one did; what that means is the caller's to say.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export async function retryConflict<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (httpStatus(error) !== 409 || tries === TRIES) throw error;
      await delay(FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random()));
    }
  }
}
