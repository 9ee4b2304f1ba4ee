import { readFileSync } from "node:fs";
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
    peakMemoryBytes: peakMemory(),
    requests: requests.requests,
    retries: requests.retries,
  };
}

/** Peak of this process alone: what getrusage tells outlives an exec and may be that of who started the worker. */
function peakMemory(): number {
  try {
    const [, kibibytes] =
      /^VmHWM:\s*(\d+) kB$/mu.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // No Linux: a developer's machine.
  }
  return process.resourceUsage().maxRSS * 1024;
}
