import type { S3Client } from "@aws-sdk/client-s3";
import type { WorkerConfig } from "../config";
import { StepError } from "../step/step-error";
import { StepLock } from "./step-lock";

/** How often the lock is looked at while a step works. */
const LOOK_MS = 30_000;
/** Objects that are completed within this time share one look. */
const FRESH_MS = 2000;

/** A lock that is held and looked at while work goes on. */
export interface WatchedLock {
  /** Aborted by the step's own stop, and when the lock is lost. */
  readonly signal: AbortSignal;
  /** Why the work was stopped, when the lock was lost. */
  readonly lost: () => StepError | undefined;
  /** Throws when the lock is lost; a look of a moment ago counts, unless `now`. */
  readonly requireHeld: (how?: "now") => Promise<void>;
  /** Ends the looking. */
  readonly stop: () => void;
}

/** Takes the lock of a step, and stops the step's work when it is lost. */
export async function watchLock(
  client: S3Client,
  config: WorkerConfig,
  stop: AbortSignal,
): Promise<WatchedLock> {
  const lock = await StepLock.take(client, config, stop);
  const ended = new AbortController();
  let lost: StepError | undefined;
  let lookedAt = performance.now();
  const look = async (): Promise<void> => {
    try {
      await lock.requireHeld();
      lookedAt = performance.now();
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      lost ??= error;
      ended.abort(error);
      throw error;
    }
  };
  const timer = setInterval(() => {
    // A look that fails for other reasons is no loss: the next one follows, and the one before the manifest must succeed.
    look().catch(() => undefined);
  }, LOOK_MS);
  timer.unref();
  return {
    signal: AbortSignal.any([stop, ended.signal]),
    lost: () => lost,
    requireHeld: async (how) => {
      if (lost !== undefined) throw lost;
      if (how === "now" || performance.now() - lookedAt > FRESH_MS) await look();
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}
