import type { StepSpec } from "../../modules/contract";
import type { FoundJob, Invocation } from "./ports";

/** Looks for the job of a name in every queue that the step may have been submitted to; the oldest, where there are several. */
export async function findJob(
  inv: Invocation,
  jobName: string,
  step: StepSpec,
): Promise<FoundJob | undefined> {
  const queues = new Set([step.queues.standard, step.queues.onDemand]);
  const jobs: FoundJob[] = [];
  for (const queue of queues) jobs.push(...(await inv.batch.findByName(jobName, queue)));
  jobs.sort((a, b) => a.createdAt - b.createdAt || (a.jobId < b.jobId ? -1 : 1));
  if (jobs.length > 1)
    inv.log.error("step has several jobs", { jobName, jobIds: jobs.map((job) => job.jobId) });
  return jobs[0];
}
