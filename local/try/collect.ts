import { type JobDetail } from "@aws-sdk/client-batch";
import {
  claimKey,
  type ClaimRecord,
  exitCodeName,
  FUNCTION_JOB_ID,
  type JobStatusRecord,
  jobStatusKey,
  type PublishTarget,
  type RunRef,
  runPrefix,
  type StepReport,
  type StepRef,
  stepReportKey,
  type SubmittedRecord,
  submittedKey,
  type TriggeredOrder,
} from "../../modules/contract";
import { type LocalS3 } from "../s3";
import { readDelivery } from "./delivery";
import { type LocalCloud, stepSettings } from "./local-cloud";
import { type Delivery, type TriedAttempt, type TriedJob, type TriedOrder } from "./result";

/** Says what became of an order: its jobs, its delivery, its facts in the ledger. */
export async function collectOrder(cloud: LocalCloud, order: TriggeredOrder): Promise<TriedOrder> {
  const { s3, spec } = cloud;
  const { orderId, orderKey, attempt, chain } = order;
  const run: RunRef = { partner: spec.partner, orderKey, attempt };
  const jobs: TriedJob[] = [];
  for (const step of spec.chains[chain])
    for (const submission of await submissions(cloud, { ...run, step: step.name })) {
      if (submission.jobId === FUNCTION_JOB_ID) {
        jobs.push(await triedByFunction(cloud, submission));
        continue;
      }
      // A job of an earlier run on this machine is not known any more.
      const [job] = cloud.batch.batch.describeJobs({ jobs: [submission.jobId] }).jobs ?? [];
      if (job !== undefined) jobs.push(await triedJob(cloud, submission, job));
    }
  const deliveries = await readDeliveries(cloud, run);
  return {
    orderId,
    orderKey,
    attempt,
    chain,
    ...judge(order, jobs, deliveries, targets(cloud).length),
    jobs,
    deliveries,
    ledgerKeys: s3.keys(spec.ledgerBucket, runPrefix(run)),
  };
}

/** What Batch accepted of a step: the first submission, and those that were made anew. */
async function submissions(
  { s3, spec }: LocalCloud,
  step: Omit<StepRef, "generation">,
): Promise<SubmittedRecord[]> {
  const found: SubmittedRecord[] = [];
  for (let generation = 1; ; generation += 1) {
    const key = submittedKey({ ...step, generation });
    if (s3.object(spec.ledgerBucket, key) === undefined) return found;
    found.push(
      JSON.parse((await s3.read(spec.ledgerBucket, key)).toString("utf8")) as SubmittedRecord,
    );
  }
}

function judge(
  order: TriggeredOrder,
  jobs: readonly TriedJob[],
  deliveries: readonly Delivery[],
  wanted: number,
): Pick<TriedOrder, "outcome" | "reason"> {
  if (order.outcome === "paused" && jobs.length === 0) return { outcome: "paused" };
  // Of a step that was submitted anew the last job counts.
  const last = jobs.filter(({ step }, at) => jobs[at + 1]?.step !== step);
  const failed = last.find(({ status }) => status !== "SUCCEEDED");
  if (failed !== undefined)
    return { outcome: "failed", reason: `step ${failed.step}: ${failureText(failed)}` };
  const [difference] = deliveries.flatMap(({ differences }) => differences);
  if (difference !== undefined) return { outcome: "failed", reason: difference };
  if (order.chain === "discovery") return { outcome: jobs.length === 0 ? "known" : "listed" };
  if (deliveries.length < wanted)
    return {
      outcome: "failed",
      reason:
        jobs.length === 0
          ? "was started by an earlier run that failed or was broken off, and is not started twice; begin anew with --fresh, or take another order"
          : "every job succeeded, but there is no manifest",
    };
  return { outcome: jobs.length === 0 ? "known" : "delivered" };
}

function failureText({ message, statusReason, attempts }: TriedJob): string {
  const last = attempts.at(-1);
  const code = last?.exitName ?? (last?.exitCode === undefined ? undefined : String(last.exitCode));
  return [message ?? last?.reason ?? statusReason, code === undefined ? undefined : `(${code})`]
    .filter((part) => part !== undefined)
    .join(" ");
}

function targets({ declared }: LocalCloud): Pick<PublishTarget, "bucket" | "prefix">[] {
  return stepSettings(declared).filter(
    (step) =>
      step.kind === "publish" ||
      step.kind === "deliver" ||
      step.kind === "unpack" ||
      step.kind === "merge",
  );
}

async function readDeliveries(cloud: LocalCloud, run: RunRef): Promise<Delivery[]> {
  const attempts = await deliveringAttempts(cloud, run);
  const found = await Promise.all(
    targets(cloud).map(async (target) => {
      for (const attempt of attempts) {
        const delivery = await readDelivery(cloud.s3, target, { ...run, attempt });
        if (delivery !== undefined) return [delivery];
      }
      return [];
    }),
  );
  return found.flat();
}

/** Where the deliveries of an attempt may be, the newest first: its own, and those of the steps that it did not do again. */
async function deliveringAttempts({ s3, spec }: LocalCloud, run: RunRef): Promise<number[]> {
  const key = claimKey(run);
  if (s3.object(spec.ledgerBucket, key) === undefined) return [run.attempt];
  const text = (await s3.read(spec.ledgerBucket, key)).toString("utf8");
  const { verifies, resumesFrom } = JSON.parse(text) as ClaimRecord;
  const last = verifies ?? run.attempt;
  const first = resumesFrom?.stagingAttempt ?? last;
  return Array.from({ length: last - first + 1 }, (_, back) => last - back);
}

async function triedJob(
  { s3, spec, logFile }: LocalCloud,
  submission: StepRef,
  job: JobDetail,
): Promise<TriedJob> {
  const { jobId = "", jobName = "", status = "", statusReason, attempts = [], container } = job;
  const report = await readReport(
    s3,
    spec.ledgerBucket,
    stepReportKey(submission, jobId, attempts.length),
  );
  const stream = container?.logStreamName;
  const { step, generation } = submission;
  return {
    step,
    generation,
    jobId,
    jobName,
    status,
    statusReason,
    attempts: attempts.map(triedAttempt),
    message: report?.message,
    programSaid: lastWords(report),
    logFile: stream === undefined ? undefined : logFile(stream),
  };
}

/** A step that the function did, or had to leave to Batch: what the ledger holds of it is all there is. */
async function triedByFunction(
  { s3, spec }: LocalCloud,
  submission: SubmittedRecord,
): Promise<TriedJob> {
  const { step, generation, jobId, jobName } = submission;
  let last: JobStatusRecord | undefined;
  for (const status of ["RUNNING", "FAILED", "SUCCEEDED"]) {
    const key = jobStatusKey(submission, jobId, status);
    if (s3.object(spec.ledgerBucket, key) !== undefined)
      last = JSON.parse(
        (await s3.read(spec.ledgerBucket, key)).toString("utf8"),
      ) as JobStatusRecord;
  }
  const report = await readReport(s3, spec.ledgerBucket, stepReportKey(submission, jobId, 1));
  const { status = "SUBMITTED", statusReason, attempts = [] } = last ?? {};
  return {
    step,
    generation,
    jobId,
    jobName,
    status,
    statusReason,
    attempts: attempts.map(({ exitCode, ...attempt }) => ({
      ...attempt,
      exitCode,
      exitName: exitCode === undefined ? undefined : exitCodeName(exitCode),
    })),
    message: report?.message,
  };
}

/** Of a program that ended well nobody wants to know its warnings. */
function lastWords(report: StepReport | undefined): string | undefined {
  if (report?.program === undefined || report.outcome === "ok") return undefined;
  const text = report.program.stderrTail.trim();
  return text === "" ? undefined : text;
}

function triedAttempt(attempt: NonNullable<JobDetail["attempts"]>[number]): TriedAttempt {
  const { startedAt, stoppedAt, container, statusReason } = attempt;
  const exitCode = container?.exitCode;
  return {
    startedAt: instant(startedAt),
    stoppedAt: instant(stoppedAt),
    exitCode,
    exitName: exitCode === undefined ? undefined : exitCodeName(exitCode),
    reason: container?.reason ?? (exitCode === undefined ? statusReason : undefined),
  };
}

async function readReport(
  s3: LocalS3,
  bucket: string,
  key: string,
): Promise<StepReport | undefined> {
  if (s3.object(bucket, key) === undefined) return undefined;
  return JSON.parse((await s3.read(bucket, key)).toString("utf8")) as StepReport;
}

function instant(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
