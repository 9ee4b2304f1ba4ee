import { randomUUID } from "node:crypto";
import { type JobDetail } from "@aws-sdk/client-batch";
import { type Job } from "./job";
import { jobDetail } from "./job-detail";

/**
 * What EventBridge delivers when a job changes its status.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/batch_cwe_events.html
 */
export interface JobStateChange {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": "Batch Job State Change";
  readonly source: "aws.batch";
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: JobDetail;
}

/**
 * What EventBridge delivers when the job at the head of a queue can not be placed.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/batch-job-queue-blocked-events.html
 */
export interface QueueBlocked extends Omit<JobStateChange, "detail-type"> {
  readonly "detail-type": "Batch Job Queue Blocked";
}

/** Makes the event of a queue that waits for a job. */
export function queueBlocked(
  job: Job,
  reason: string,
  place: { readonly account: string; readonly region: string },
  now: number,
): QueueBlocked {
  const event = jobStateChange(job, place, now);
  return {
    ...event,
    "detail-type": "Batch Job Queue Blocked",
    resources: [job.arn, job.queue.arn],
    detail: { ...event.detail, statusReason: reason },
  };
}

/** Makes the event of a job's present status. */
export function jobStateChange(
  job: Job,
  place: { readonly account: string; readonly region: string },
  now: number,
): JobStateChange {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Batch Job State Change",
    source: "aws.batch",
    account: place.account,
    // EventBridge tells whole seconds.
    time: new Date(now).toISOString().replace(/\.\d{3}Z$/u, "Z"),
    region: place.region,
    resources: [job.arn],
    detail: jobDetail(job),
  };
}
