import { type JobStateChange, type LocalBatch } from "../batch";
import { type TryListener } from "./events";

/** What goes wrong on purpose in a run. */
export interface Mishaps {
  /** The Spot host of the first job that runs is taken away, with its notice. @default false */
  readonly interrupt?: boolean | undefined;
  /** Name of a step that is ended when it runs. @default none */
  readonly fail?: string | undefined;
}

/** Makes what is asked for go wrong, once each. To be told of every change of a job. */
export function mishaps(
  { interrupt, fail }: Mishaps,
  batch: () => LocalBatch,
  onEvent: TryListener,
): (event: JobStateChange) => void {
  let interrupts = interrupt === true;
  let failing = fail;
  return ({ detail }) => {
    const { jobId = "", status, tags } = detail;
    if (status !== "RUNNING") return;
    const step = tags?.["step"] ?? "";
    if (failing !== undefined && step === failing) {
      failing = undefined;
      onEvent({ kind: "note", text: `ending ${step}, as --fail asks` });
      batch().terminateJob({ jobId, reason: "ended on purpose by --fail" });
    } else if (interrupts) {
      interrupts = false;
      try {
        batch().reclaim(jobId, { notice: true });
        onEvent({
          kind: "note",
          text: `taking the Spot host of ${step} away, with two minutes' notice`,
        });
      } catch (error) {
        onEvent({ kind: "note", text: `not interrupted: ${(error as Error).message}` });
      }
    }
  };
}
