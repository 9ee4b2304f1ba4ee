import { type ContainerSpec, type JobStateChange, type LocalBatch } from "../batch";
import { type TryListener } from "./events";

/** What goes wrong on purpose in a run. */
export interface Mishaps {
  /** The Spot host of the first job that runs is taken away, with its notice. @default false */
  readonly interrupt?: boolean | undefined;
  /** Name of a step that is ended when it runs. @default none */
  readonly fail?: string | undefined;
}

/** What is to be told of a run, so that things go wrong in it. */
export interface MishapListeners {
  readonly onJob: (event: JobStateChange) => void;
  readonly onJobLine: (container: Pick<ContainerSpec, "jobId" | "jobName">) => void;
}

/** Makes what is asked for go wrong, once each. */
export function mishaps(
  { interrupt, fail }: Mishaps,
  batch: () => LocalBatch,
  onEvent: TryListener,
): MishapListeners {
  let interrupts = interrupt === true;
  let failing = fail;
  return {
    onJob: ({ detail: { jobId = "", status, tags } }) => {
      const step = tags?.["step"] ?? "";
      if (status !== "RUNNING" || failing === undefined || step !== failing) return;
      failing = undefined;
      onEvent({ kind: "note", text: `ending ${step}, as --fail asks` });
      batch().terminateJob({ jobId, reason: "ended on purpose by --fail" });
    },
    // A worker that has said something is up; before that nobody would hear the notice.
    onJobLine: ({ jobId, jobName }) => {
      if (!interrupts) return;
      interrupts = false;
      try {
        batch().reclaim(jobId, { notice: true });
        onEvent({
          kind: "note",
          text: `taking the Spot host of ${jobName} away, with two minutes' notice`,
        });
      } catch (error) {
        onEvent({ kind: "note", text: `not interrupted: ${(error as Error).message}` });
      }
    },
  };
}
