import { classify } from "./classify";
import { StepError } from "./step-error";

/**
 * Puts what could not be done before an error of S3, which tells what it refuses, but not of which object. The worker's
 * own errors name it already.
 *
 * @param what - e.g. `"a.txt" could not be published`
 * @param signal - told to stop, an error is no fault of what it met
 */
export function nameFailure(error: unknown, what: string, signal?: AbortSignal): unknown {
  if (error instanceof StepError || signal?.aborted === true) return error;
  const { outcome, message } = classify(error, false);
  return new StepError(outcome, `${what}: ${message}`, { cause: error });
}
