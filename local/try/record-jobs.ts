import { type JobDetail } from "@aws-sdk/client-batch";
import {
  dayKey,
  ENV,
  type JobStatusRecord,
  jobName,
  jobStatusKey,
  type StepRef,
} from "../../modules/contract";
import { type JobStateChange } from "../batch";
import { type LocalS3 } from "../s3";

/**
 * Keeps in the ledger what Batch tells of jobs, as the platform does in AWS: facts of each status, and for a failed
 * order the word of the day index. Facts that are there stay.
 */
export class JobRecorder {
  private readonly writes = new Set<Promise<void>>();

  constructor(
    private readonly s3: Pick<LocalS3, "endpoint">,
    private readonly ledgerBucket: string,
  ) {}

  /** Takes an event of a job; children of array jobs, which have no tags, are told by their parent. */
  take({ detail, time }: JobStateChange): void {
    const step = stepOf(detail);
    if (step === undefined || detail.jobId === undefined || detail.status === undefined) return;
    const record: JobStatusRecord = {
      schemaVersion: 1,
      ...step,
      jobId: detail.jobId,
      status: detail.status,
      statusReason: detail.statusReason,
      attempts: (detail.attempts ?? []).map((attempt) => ({
        exitCode: attempt.container?.exitCode,
        reason: attempt.container?.reason,
        statusReason: attempt.statusReason,
        startedAt: instant(attempt.startedAt),
        stoppedAt: instant(attempt.stoppedAt),
      })),
      children: detail.arrayProperties?.statusSummary,
      observedBy: "event",
      at: time,
    };
    this.write(jobStatusKey(step, detail.jobId, detail.status), record);
    const day = environmentOf(detail, ENV.claimedDay);
    if (detail.status === "FAILED" && day !== undefined)
      this.write(dayKey(day, step, "failed"), { jobId: detail.jobId });
  }

  /** Waits until everything is written. */
  async idle(): Promise<void> {
    while (this.writes.size > 0) await Promise.all(this.writes);
  }

  private write(key: string, body: unknown): void {
    const path = [this.ledgerBucket, ...key.split("/")].map(encodeURIComponent).join("/");
    // Without the SDK: the S3 of this machine takes requests that are not signed.
    const write = fetch(`${this.s3.endpoint}/${path}`, {
      method: "PUT",
      headers: { "if-none-match": "*", "content-type": "application/json" },
      body: JSON.stringify(body),
    }).then(async (answer) => {
      await answer.arrayBuffer();
    });
    const done = write.catch(() => undefined).then(() => void this.writes.delete(done));
    this.writes.add(done);
  }
}

/** The step that a job does: its variables say so, and its name is made of them. */
function stepOf(detail: JobDetail): StepRef | undefined {
  const partner = detail.tags?.["partner"];
  const orderKey = environmentOf(detail, ENV.orderKey);
  const step = environmentOf(detail, ENV.step);
  if (partner === undefined || orderKey === undefined || step === undefined) return undefined;
  const ref = {
    partner,
    orderKey,
    attempt: Number(environmentOf(detail, ENV.attempt)),
    step,
    generation: Number(environmentOf(detail, ENV.generation)),
  };
  return jobName(ref) === detail.jobName ? ref : undefined;
}

const environmentOf = ({ container }: JobDetail, name: string): string | undefined =>
  container?.environment?.find((variable) => variable.name === name)?.value;

const instant = (milliseconds: number | undefined): string | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
