import { causeOfReason, UNKNOWN_REASON } from "../../modules/batch-reasons";
import { FUNCTION_JOB_ID, type StepRef } from "../../modules/contract";
import { parseKey } from "../../modules/ledger";
import { announcementOf } from "../runs-core/announcements";
import { detailOf } from "../runs-core/batch-control";
import { findClaim } from "../runs-core/claims";
import { isTerminal } from "../runs-core/failures";
import { recordStatus, stepOfJobName } from "../runs-core/job-status";
import { isRecord } from "../runs-core/json";
import type { PlatformInvocation } from "../runs-core/platform";
import { settleRun, type Settled } from "../runs-core/settle";

/** What was done with an event. */
export type Handled =
  | { readonly outcome: "ignored"; readonly reason: string }
  | { readonly outcome: "recorded" | "announced" | Settled };

/**
 * Takes an event of AWS Batch, or of a fact that a partner's function wrote, in any order and any number of times.
 */
export async function handleJobEvent(inv: PlatformInvocation, event: unknown): Promise<Handled> {
  if (isRecord(event) && event["source"] === "aws.s3") return functionTold(inv, event);
  if (!isRecord(event) || event["source"] !== "aws.batch" || !isRecord(event["detail"]))
    return { outcome: "ignored", reason: "it is no event of AWS Batch" };
  const { detail } = event;
  const name = detail["jobName"];
  const ref = typeof name === "string" ? stepOfJobName(name) : undefined;
  if (ref === undefined) return { outcome: "ignored", reason: "the job has no name of ours" };
  switch (event["detail-type"]) {
    case "Batch Job State Change":
      return stateChange(inv, ref, event, detail);
    case "Batch Job Queue Blocked":
      return queueBlocked(inv, ref, detail);
    default:
      return { outcome: "ignored", reason: "it is no state of a job and no blocked queue" };
  }
}

type Detail = Readonly<Record<string, unknown>>;

/**
 * A function that does a step tells of itself by a fact in its partner's part of the ledger, which is all that it may
 * write; the event tells only where. What follows from it is read there, as the reconciler does.
 */
async function functionTold(inv: PlatformInvocation, event: Detail): Promise<Handled> {
  const { detail } = event;
  const object = isRecord(detail) ? detail["object"] : undefined;
  const key = isRecord(object) ? object["key"] : undefined;
  const parsed = typeof key === "string" ? parseKey(key) : undefined;
  if (parsed?.kind !== "status" || parsed.jobId !== FUNCTION_JOB_ID)
    return { outcome: "ignored", reason: "the object is no word of a function" };
  const { step: ref, status } = parsed;
  const claim = await findClaim(inv, ref);
  if (claim === undefined) return { outcome: "ignored", reason: "there is no run of the step" };
  if (status === "RUNNING") {
    await inv.announce(announcementOf(inv, "started", claim));
    return { outcome: "announced" };
  }
  const scoped = { ...inv, log: inv.log.with({ ...ref }) };
  const outcome = await settleRun(scoped, ref, { start: true });
  scoped.log.info("run settled", { outcome, status });
  return { outcome };
}

async function stateChange(
  inv: PlatformInvocation,
  ref: StepRef,
  event: Detail,
  detail: Detail,
): Promise<Handled> {
  const job = detailOf(detail);
  if (job.jobId === "" || job.status === "")
    return { outcome: "ignored", reason: "the event tells no job or no status" };
  // A name can be anybody's; a claim is ours.
  const claim = await findClaim(inv, ref);
  if (claim === undefined) return { outcome: "ignored", reason: "there is no run of the job" };
  const scoped = { ...inv, log: inv.log.with({ ...ref, jobId: job.jobId }) };
  const child = job.jobId.includes(":");
  // Of thousands of children only the failed ones tell something that the array job's own status does not.
  if (child && job.status !== "FAILED") return { outcome: "recorded" };
  const at = instantOf(event["time"]) ?? new Date(inv.clock.now()).toISOString();
  await recordStatus(inv, ref, job, "event", at);
  if (child) return { outcome: "recorded" };
  if (job.status === "RUNNING" && claim.chain === "order") {
    await inv.announce(announcementOf(inv, "started", claim));
    return { outcome: "recorded" };
  }
  if (!isTerminal(job)) return { outcome: "recorded" };
  const outcome = await settleRun(scoped, ref, { start: true });
  scoped.log.info("run settled", { outcome, status: job.status });
  return { outcome };
}

/**
 * Tells that a queue stands still because of its first job. The queue's own time limit cancels that job when another
 * queue can help, which comes as an event of its own and is escalated then.
 */
async function queueBlocked(
  inv: PlatformInvocation,
  ref: StepRef,
  detail: Detail,
): Promise<Handled> {
  const claim = await findClaim(inv, ref);
  if (claim === undefined) return { outcome: "ignored", reason: "there is no run of the job" };
  const { statusReason } = detailOf(detail);
  const cause = causeOfReason(statusReason ?? "") ?? {
    ...UNKNOWN_REASON,
    text: `the queue stands still: ${statusReason ?? "Batch gives no reason"}`,
  };
  const id = `${ref.orderKey}.${String(ref.attempt)}.${ref.step}.${String(ref.generation)}.blocked`;
  await inv.announce(announcementOf(inv, "blocked", claim, { cause, step: ref.step, id }));
  return { outcome: "announced" };
}

const instantOf = (value: unknown): string | undefined =>
  typeof value === "string" && !Number.isNaN(Date.parse(value))
    ? new Date(value).toISOString()
    : undefined;
