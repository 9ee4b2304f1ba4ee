import type {
  ActionRecord,
  ClaimRecord,
  IntentRecord,
  JobStatusRecord,
  RetryPlan,
  RunRef,
  StepReport,
  SubmittedRecord,
} from "../contract";

/**
 * How far a step, or one generation of it, is.
 *
 * - `skipped`: an earlier attempt did it
 * - `missing`: nobody began to submit it
 * - `intended`: somebody began to submit it and has recorded no job
 * - `waiting`: submitted; waits for other jobs or was not seen by the scheduler yet
 * - `runnable`: waits for a machine
 * - `running`: a machine was found
 * - `succeeded`, `failed`: Batch's last word
 */
export type StepStatus =
  "skipped" | "missing" | "intended" | "waiting" | "runnable" | "running" | "succeeded" | "failed";

/** One submission of a step. */
export interface GenerationState {
  readonly generation: number;
  readonly status: StepStatus;
  readonly intent?: IntentRecord | undefined;
  readonly submitted?: SubmittedRecord | undefined;
  /** The newest that Batch said of the step's job. */
  readonly job?: JobStatusRecord | undefined;
  /** Everything Batch said of the step's job, oldest first. */
  readonly statuses: readonly JobStatusRecord[];
  /** Last words on failed children of an array job. */
  readonly failedChildren: readonly JobStatusRecord[];
  /** What workers told, oldest first. */
  readonly reports: readonly StepReport[];
}

/** A step over all its generations. */
export interface StepState {
  readonly step: string;
  readonly status: StepStatus;
  /** Ascending. */
  readonly generations: readonly GenerationState[];
  /** The generation that counts: the last one. */
  readonly current?: GenerationState | undefined;
}

/**
 * How far a run is.
 *
 * - `unclaimed`: there is no readable claim
 * - `waiting`: claimed, nothing submitted: its submitter ended, or the partner's limit of concurrent orders holds it
 * - `running`: jobs are under way, or have to be submitted
 * - `delivered`: every step succeeded
 * - `failed`: a step failed and nothing is under way
 * - `retrying`: failed, and a later attempt is planned
 * - `cancelled`: a person ended it before it was delivered
 */
export type RunStatus =
  "unclaimed" | "waiting" | "running" | "delivered" | "failed" | "retrying" | "cancelled";

/** A run as its facts tell it. */
export interface RunState {
  readonly run: RunRef;
  readonly status: RunStatus;
  readonly claim?: ClaimRecord | undefined;
  /** In the order of the chain. */
  readonly steps: readonly StepState[];
  /** Oldest first. */
  readonly actions: readonly ActionRecord[];
  readonly retry?: RetryPlan | undefined;
  /** When the last job ended; for a run that is over. */
  readonly endedAt?: string | undefined;
  /** From the claim to the end. */
  readonly elapsedSeconds?: number | undefined;
  /** Objects of the run that could not be read. */
  readonly faults: readonly string[];
}

/** Tells whether nothing more will happen to a run by itself. */
export const isOver = ({ status }: Pick<RunState, "status">): boolean =>
  status === "delivered" || status === "failed" || status === "cancelled";
