import type { SubmitJobCommandInput } from "@aws-sdk/client-batch";
import type { FoundJob } from "../../../../functions/runs-core/ports";

/**
 * What happens to one call. `wanders`: the caller gives up on it, and it arrives later all the same. `crash*` ends the
 * invocation, before or after the call took effect.
 */
export type Fault =
  "none" | "fails" | "loses-answer" | "wanders" | "throttled" | "crash-before" | "crash-after";

/** Takes every decision of a simulation. */
export interface Director {
  /** Index of what goes on next, below `count`. */
  next(count: number, calls: readonly Call[]): number;
  /** Milliseconds that the call takes. */
  latency(call: Call): number;
  fault(call: Call): Fault;
  /** Milliseconds from acceptance until ListJobs shows a job. */
  listingLag(): number;
  /** Milliseconds that the clock of a new invocation is wrong. */
  skew(): number;
  /** Milliseconds that a call wanders after its caller gave up. */
  wander(): number;
  /** Whether a process slept through its own time limit, rather than having given up. */
  paused(): boolean;
}

/** A call that an invocation waits for. */
export interface Call {
  readonly invocation: number;
  readonly name: string;
  readonly target: string;
  readonly issuedAt: number;
  readonly readyAt: number;
  readonly timeoutMs: number;
}

/** A job that the simulated Batch took. */
export interface SimJob extends FoundJob {
  readonly jobName: string;
  readonly visibleAt: number;
  readonly request: SubmitJobCommandInput;
}
