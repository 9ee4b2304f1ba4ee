import { type ContainerSpec, type JobStateChange, type LocalBatch } from "../batch";
import { type TryListener } from "./events";

/** What goes wrong on purpose in a run. */
export interface Mishaps {
  /**
   * The Spot host of the first job that runs is taken away, with its notice; `always`: and of that job every further one
   * that it gets, until it is no longer on Spot.
   * @default false
   */
  readonly interrupt?: boolean | "always" | undefined;
  /** Name of a step that is ended when it runs. @default none */
  readonly fail?: string | undefined;
}

/** What is to be told of a run, so that things go wrong in it. */
export interface MishapListeners {
  readonly onJob: (event: JobStateChange) => void;
  readonly onJobLine: (
    container: Pick<ContainerSpec, "jobId" | "jobName" | "logStreamName">,
  ) => void;
}

/** Makes what is asked for go wrong, once each. */
export function mishaps(
  { interrupt, fail }: Mishaps,
  batch: () => LocalBatch,
  onEvent: TryListener,
): MishapListeners {
  let interrupts = interrupt === true || interrupt === "always";
  const taken = new Set<string>();
  let victim: string | undefined;
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
    onJobLine: ({ jobId, jobName, logStreamName }) => {
      const step = stepOf(jobName);
      if (!interrupts || taken.has(logStreamName) || (victim ?? step) !== step) return;
      taken.add(logStreamName);
      victim = step;
      if (interrupt !== "always") interrupts = false;
      try {
        batch().reclaim(jobId, { notice: true });
        onEvent({
          kind: "note",
          text: `taking the Spot host of ${jobName} away, with two minutes' notice`,
        });
      } catch (error) {
        interrupts = false;
        onEvent({
          kind: "note",
          text:
            taken.size > 1
              ? `${jobName} is left alone: it runs on demand now`
              : `not interrupted: ${(error as Error).message}`,
        });
      }
    },
  };
}

/** A job without its generation, which is all that changes when its step is submitted anew. */
const stepOf = (jobName: string): string => jobName.replace(/--g\d+$/u, "");
