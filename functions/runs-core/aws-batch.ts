import { ListJobsCommand, SubmitJobCommand, type BatchClient } from "@aws-sdk/client-batch";
import { answerOf, THROTTLING } from "./aws-answer";
import { PermanentError, RetryableError, reasonOf } from "./errors";
import { shown } from "./json";
import {
  CALL_TIMEOUT_MS,
  SUBMIT_TIMEOUT_MS,
  type Batch,
  type FoundJob,
  type SubmitOutcome,
} from "./ports";

/** Limits of one call, which tests shorten. */
export interface BatchTimeouts {
  readonly submitMs: number;
  readonly callMs: number;
}

/** Creates the port to AWS Batch. The client must not repeat calls by itself: `maxAttempts: 1`. */
export function awsBatch(
  batch: BatchClient,
  { submitMs, callMs }: BatchTimeouts = { submitMs: SUBMIT_TIMEOUT_MS, callMs: CALL_TIMEOUT_MS },
): Batch {
  return {
    submit: async (request) => {
      try {
        const { jobId, jobArn } = await batch.send(new SubmitJobCommand(request), {
          abortSignal: AbortSignal.timeout(submitMs),
        });
        if (jobId === undefined || jobId === "")
          return { kind: "unknown", reason: "the answer holds no job id" };
        return { kind: "accepted", jobId, jobArn: jobArn ?? "" };
      } catch (error) {
        return outcomeOf(error, submitMs);
      }
    },
    findByName: async (jobName, jobQueue) => {
      const jobs: FoundJob[] = [];
      let nextToken: string | undefined;
      do {
        try {
          // With a filter Batch lists jobs of every state; without one, running ones only.
          const page = await batch.send(
            new ListJobsCommand({
              jobQueue,
              filters: [{ name: "JOB_NAME", values: [jobName] }],
              nextToken,
            }),
            { abortSignal: AbortSignal.timeout(callMs) },
          );
          for (const job of page.jobSummaryList ?? [])
            // The filter ignores upper and lower case.
            if (job.jobName === jobName && job.jobId !== undefined)
              jobs.push({
                jobId: job.jobId,
                jobArn: job.jobArn ?? "",
                jobQueue,
                createdAt: job.createdAt ?? 0,
              });
          nextToken = page.nextToken;
        } catch (error) {
          throw explained(jobName, jobQueue, error, callMs);
        }
      } while (nextToken !== undefined && nextToken !== "");
      return jobs;
    },
  };
}

/** Only a refusal that Batch itself has told counts as one; whatever else went wrong, the job may exist. */
function outcomeOf(
  error: unknown,
  timeoutMs: number,
): Exclude<SubmitOutcome, { kind: "accepted" }> {
  const { status, code } = answerOf(error);
  const reason = reasonOf(error, timeoutMs);
  if (status === 429 || (THROTTLING.has(code) && isRefusal(status)))
    return { kind: "throttled", reason };
  return { kind: isRefusal(status) ? "refused" : "unknown", reason };
}

/** 408 says that the request did not arrive in time, which a proxy may say of one that did. */
const isRefusal = (status: number | undefined): boolean =>
  status !== undefined && status >= 400 && status < 500 && status !== 408;

function explained(jobName: string, jobQueue: string, error: unknown, timeoutMs: number): Error {
  const { kind, reason } = outcomeOf(error, timeoutMs);
  const what = `could not list the jobs named ${shown(jobName)} in queue ${shown(jobQueue)}: ${reason}`;
  return kind === "refused"
    ? new PermanentError(
        `${what}; grant the trigger's role batch:ListJobs, or look whether the queue exists`,
        {
          cause: error,
        },
      )
    : new RetryableError(`${what}; the event must come again`, { cause: error });
}
