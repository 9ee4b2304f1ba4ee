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
