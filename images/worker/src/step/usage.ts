import type { StepReport } from "../../../../modules/contract";
import type { RequestCounts } from "../aws/count-requests";

/** What a step has used so far: the time since it began, the worker's memory, its requests to S3. */
export function usageOf(
  began: number,
  requests: RequestCounts,
  now = performance.now(),
): NonNullable<StepReport["usage"]> {
  return {
    durationMs: Math.round(now - began),
    // Kibibytes on Linux.
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    requests: requests.requests,
    retries: requests.retries,
  };
}
