import { setMaxListeners } from "node:events";
import { StepError } from "../step/step-error";

/** How long what is on its way may go on after the signal to stop: 28 s of the container's 30 are the worker's. */
export const FINISH_MS = 12_000;

/** The signal that ends what is on its way, and what to call when nothing is. */
export interface InFlight {
  readonly signal: AbortSignal;
  readonly release: () => void;
}

/**
 * Makes the signal for bodies that are on their way: when the step is told to stop they may arrive within the time left,
 * so that the next attempt finds them; a failure ends them at once, and so does the loss of the lock, whose new holder may
 * be completing the same upload.
 */
export function inFlight(stop: AbortSignal, failure: AbortSignal, ms = FINISH_MS): InFlight {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    late.abort(stop.reason);
  };
  const stopped = (): void => {
    if (stop.reason instanceof StepError) end();
    else timer = setTimeout(end, ms);
  };
  if (stop.aborted) end();
  else stop.addEventListener("abort", stopped, { once: true });
  const signal = AbortSignal.any([failure, late.signal]);
  setMaxListeners(0, signal);
  return {
    signal,
    release: () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", stopped);
    },
  };
}
