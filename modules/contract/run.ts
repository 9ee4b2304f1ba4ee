/** One run: an order of a partner at an attempt. A new attempt is an explicit re-run. */
export interface RunRef {
  readonly partner: string;
  readonly orderKey: string;
  /** Counted from 1. */
  readonly attempt: number;
}

/** One submission of a step of a run. */
export interface StepRef extends RunRef {
  readonly step: string;
  /** How often the step was submitted anew (escalation, repair). Counted from 1. */
  readonly generation: number;
}

/** Batch's limit. @see https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html */
export const JOB_NAME_MAX = 128;

/** Which chain of a partner a run follows: the steps of an order, or the steps that look for new orders. */
export type ChainName = "order" | "discovery";

/** The job name of a step; a function of the step alone, so that a lost record can be found again by name. */
export function jobName(step: StepRef): string {
  return [
    step.partner,
    step.orderKey,
    String(step.attempt),
    step.step,
    `g${String(step.generation)}`,
  ].join("--");
}

/** Path of a run's files below the partner's staging root: `<orderKey>/<attempt>`. */
export function stagingPath(run: RunRef): string {
  return `${run.orderKey}/${String(run.attempt)}`;
}
