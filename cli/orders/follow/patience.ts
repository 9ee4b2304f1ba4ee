/** A service that is asked too often is asked again after twice as long, up to this. */
const LONGEST_MS = 30_000;

/** So many tries in a row are in vain before it is said that there is no more hope. */
export const TRIES = 8;

/** How long to wait before the next look, after so many in a row in vain. */
export const waitMs = (everyMs: number, failures: number): number =>
  Math.min(LONGEST_MS, everyMs * 2 ** failures);

const PASSING =
  /Throttl|TooManyRequests|LimitExceeded|RequestLimit|SlowDown|ServiceUnavailable|InternalError|InternalFailure|InternalServer|ServerException|TimeoutError|ECONN|ETIMEDOUT|EPIPE|EAI_AGAIN|socket hang up/u;

/** Tells whether an error is likely to pass by itself: too many requests, a fault of the service, a broken connection. */
export function isPassing(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { name, message, code, $fault } = at as Error & { code?: string; $fault?: string };
    if ($fault === "server") return true;
    // What a CloudError says repeats the words of its cause, and those of a user's object may look like anything.
    if (name !== "CloudError" && PASSING.test(`${name} ${code ?? ""} ${message}`)) return true;
  }
  return false;
}

/** Waits, or less when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
