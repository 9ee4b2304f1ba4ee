import type { FailureClass } from "../contract";

/** Why a job failed or does not start, and what a person does about it. */
export interface Cause {
  /** Stable name, e.g. `host-terminated`. */
  readonly code: string;
  readonly class: FailureClass;
  readonly text: string;
  readonly cure: string;
  /** True when the same work can succeed on another machine: such steps are submitted anew, on the on-demand queue. */
  readonly infrastructure: boolean;
}

/** A row of the table of Batch's reasons: the first one whose pattern is found decides. */
export interface ReasonRow extends Cause {
  readonly pattern: RegExp;
}

/** A cause once nothing more comes by itself: what the platform mends by submitting anew, it has tried in vain. */
export const whenGivenUp = <Told extends Cause>(cause: Told): Told =>
  cause.infrastructure
    ? {
        ...cause,
        cure: "the step was submitted anew as often as it may be, in vain; look at the pool and whether AWS has a disturbance, then run the order again",
      }
    : cause;
