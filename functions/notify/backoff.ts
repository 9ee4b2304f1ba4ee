const FIRST_SECONDS = 30;
const LONGEST_SECONDS = 900;

/**
 * Seconds until a message that was received so often is tried again: 30 s, doubled each time, at most a quarter of an
 * hour; what a receiver asked for where that is longer. Twelve tries last about an hour and a half.
 */
export function delaySeconds(receives: number, retryAfterSeconds = 0): number {
  const own = Math.min(FIRST_SECONDS * 2 ** Math.max(receives - 1, 0), LONGEST_SECONDS);
  return Math.max(own, retryAfterSeconds);
}
