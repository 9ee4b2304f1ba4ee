import type { SubmitJobCommandInput } from "@aws-sdk/client-batch";
import { ENV, submittedKey, type StepRef, type SubmittedRecord } from "../../modules/contract";
import type { FoundJob, Invocation } from "./ports";
import { readSubmitted } from "./records";

/** The job of a step. */
export interface StepJob {
  readonly jobId: string;
  /** True when this invocation submitted it. */
  readonly submitted: boolean;
}

/** How a job became known: by the answer of SubmitJob, or by name after its submitter had ended without a record. */
export type JobOrigin = "submitted" | "adopted";

/** Finds the recorded job of a step. */
export async function recordedJob(inv: Invocation, ref: StepRef): Promise<StepJob | undefined> {
  const key = submittedKey(ref);
  const stored = await inv.ledger.find(key);
  if (stored === undefined) return undefined;
  return { jobId: readSubmitted(key, stored.body).jobId, submitted: false };
}

/** Records the job of a step. The record is what everybody follows from then on, so one that is there already wins. */
export async function recordJob(
  inv: Invocation,
  ref: StepRef,
  request: SubmitJobCommandInput,
  job: FoundJob,
  origin: JobOrigin,
): Promise<StepJob> {
  const key = submittedKey(ref);
  const body: SubmittedRecord = {
    schemaVersion: 1,
    ...ref,
    jobName: request.jobName ?? "",
    jobId: job.jobId,
    jobArn: job.jobArn,
    jobQueue: job.jobQueue,
    jobDefinition: request.jobDefinition ?? "",
    // What an adopted job waits for is not known: it was submitted by somebody who may have seen other jobs.
    ...(origin === "adopted"
      ? {}
      : { dependsOn: (request.dependsOn ?? []).map(({ jobId }) => jobId ?? "") }),
    ...indexesOf(request),
    nonce: inv.nonce,
    adopted: origin === "adopted",
    submittedAt: new Date(job.createdAt).toISOString(),
  };
  inv.log.info(`job ${origin}`, {
    jobId: job.jobId,
    jobName: body.jobName,
    jobQueue: job.jobQueue,
  });
  const submitted = origin === "submitted";
  if ((await inv.ledger.create(key, JSON.stringify(body))) === "written")
    return { jobId: job.jobId, submitted };
  const stored = readSubmitted(key, (await inv.ledger.read(key)).body);
  if (stored.jobId === job.jobId) return { jobId: job.jobId, submitted };
  reportSecondJob(inv, job, stored);
  return { jobId: stored.jobId, submitted: false };
}

/**
 * The children of an array that the job does again, as its request tells them: who looks at the job later must know which
 * parts its children stand for.
 */
function indexesOf({
  containerOverrides,
}: SubmitJobCommandInput): Pick<SubmittedRecord, "arrayIndexes"> {
  const list = containerOverrides?.environment?.find(({ name }) => name === ENV.arrayIndexes);
  return list?.value === undefined ? {} : { arrayIndexes: JSON.parse(list.value) as number[] };
}

/**
 * Tells of a second job of one step, which can only be when what `lease.ts` relies on did not hold. The recorded job
 * stays the step's job. The other is not ended from here: for a case that should not be, the function would hold the
 * right to end jobs all the time, and the worker's lock lets only one of the two work.
 */
function reportSecondJob(inv: Invocation, extra: FoundJob, recorded: SubmittedRecord): void {
  inv.log.error("step has two jobs", {
    jobId: extra.jobId,
    recordedJobId: recorded.jobId,
    remedy: `aws batch terminate-job --job-id ${extra.jobId} --reason "second job of one step"`,
  });
}
