import { causeOfReason } from "../../modules/batch-reasons";
import type { ClaimRecord } from "../../modules/contract";
import type { GenerationState, RunState } from "../../modules/ledger";
import { announcementOf } from "../runs-core/announcements";
import type { PlatformInvocation } from "../runs-core/platform";
import type { JobDetail } from "../runs-core/ports";

/** How long a job may wait for a machine before it is told. */
const RUNNABLE_LIMIT_MS = 30 * 60_000;

/** A job that is under way, as Batch described it just now. */
interface StepJob {
  readonly step: string;
  readonly current: GenerationState;
  readonly job: JobDetail;
}

/** Tells of a job that waits for a machine for too long, with what Batch says about it. */
export async function tellStuck(
  inv: PlatformInvocation,
  state: RunState,
  claim: ClaimRecord,
  { step, current, job }: StepJob,
): Promise<void> {
  const since = waitsSince(state, current, job);
  if (since === undefined) return;
  const waited = inv.clock.now() - Date.parse(since);
  if (waited < RUNNABLE_LIMIT_MS) return;
  const cause = causeOfReason(await reasonOf(inv, job)) ?? {
    code: "waits-for-machine",
    class: "platform" as const,
    text: `the job has waited for a machine for ${String(Math.round(waited / 60_000))} minutes`,
    cure: "look at the pool: other orders may fill it (raise maxVcpus), or its environments may be invalid",
    infrastructure: true,
  };
  const id = `${claim.orderKey}.${String(claim.attempt)}.${step}.${String(current.generation)}.blocked`;
  await inv.announce(
    announcementOf(inv, "blocked", claim, { cause, step, generation: current, id }),
  );
}

/**
 * Since when a job waits for a machine. An array job is PENDING as long as its children wait, for other jobs or for
 * machines: they wait for machines when some are RUNNABLE and none has got one, since all before them has ended.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html
 */
function waitsSince(
  { steps }: RunState,
  { statuses, submitted }: GenerationState,
  { status, children }: JobDetail,
): string | undefined {
  const at = (wanted: string): string | undefined =>
    statuses.find((one) => one.status === wanted)?.at;
  if (status === "RUNNABLE") return at("RUNNABLE");
  const count = (name: string): number => children?.[name] ?? 0;
  const begun = ["STARTING", "RUNNING", "SUCCEEDED", "FAILED"].some((name) => count(name) > 0);
  if (status !== "PENDING" || count("RUNNABLE") === 0 || begun) return undefined;
  const before = steps.flatMap(({ current }) =>
    current?.job !== undefined && submitted?.dependsOn?.includes(current.job.jobId) === true
      ? [current.job.at]
      : [],
  );
  return [at("PENDING"), ...before]
    .filter((one) => one !== undefined)
    .sort()
    .at(-1);
}

/** What Batch says about the job; of an array job it says it about the children. */
async function reasonOf({ control }: PlatformInvocation, job: JobDetail): Promise<string> {
  if (job.status === "RUNNABLE") return job.statusReason ?? "";
  const [child] = await control.describe([`${job.jobId}:0`]);
  return child?.statusReason ?? "";
}
