import { RetryableError } from "./errors";
import type { Batch, Clock, JobControl, Ledger } from "./ports";

const MAX_TRIES = 6;
const FIRST_WAIT_MS = 100;

/** Milliseconds to wait after a try: doubles each time, half of it by chance so that many copies spread out. */
export function backoff(clock: Clock, tries: number, firstMs: number): number {
  return Math.round(firstMs * 2 ** (tries - 1) * (0.5 + clock.random() / 2));
}

/** Repeats a call that throws a `RetryableError` until it succeeds, the tries are used up, or the deadline is near. */
export async function withRetries<T>(
  clock: Clock,
  deadline: number,
  call: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof RetryableError) || tries >= MAX_TRIES) throw error;
      const wait = backoff(clock, tries, FIRST_WAIT_MS);
      if (clock.now() + wait >= deadline) throw error;
      await clock.sleep(wait);
    }
  }
}

/**
 * Repeats the calls of a ledger. Safe for the conditional writes too: every body carries the nonce of its writer or is
 * the same whoever writes it, so that a conflict with an own lost answer shows itself when the object is read.
 */
export function retryingLedger(ledger: Ledger, clock: Clock, deadline: number): Ledger {
  const repeat = <T>(call: () => Promise<T>): Promise<T> => withRetries(clock, deadline, call);
  return {
    create: (key, body) => repeat(() => ledger.create(key, body)),
    replace: (key, body, etag) => repeat(() => ledger.replace(key, body, etag)),
    read: (key) => repeat(() => ledger.read(key)),
    find: (key) => repeat(() => ledger.find(key)),
    list: (prefix, after) => repeat(() => ledger.list(prefix, after)),
  };
}

/** Repeats the listing of jobs, never their submission: SubmitJob has no token that would make a repetition safe. */
export function retryingBatch(batch: Batch, clock: Clock, deadline: number): Batch {
  return {
    submit: (request) => batch.submit(request),
    findByName: (jobName, jobQueue) =>
      withRetries(clock, deadline, () => batch.findByName(jobName, jobQueue)),
  };
}

/** Repeats what is asked of jobs; each question and each end may be repeated. */
export function retryingControl(control: JobControl, clock: Clock, deadline: number): JobControl {
  const repeat = <T>(call: () => Promise<T>): Promise<T> => withRetries(clock, deadline, call);
  return {
    describe: (jobIds) => repeat(() => control.describe(jobIds)),
    failedChildren: (arrayJobId) => repeat(() => control.failedChildren(arrayJobId)),
    terminate: (jobId, reason) => repeat(() => control.terminate(jobId, reason)),
  };
}
