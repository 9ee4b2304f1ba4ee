import {
  DescribeJobsCommand,
  ListJobsCommand,
  TerminateJobCommand,
  type BatchClient,
  type JobDetail as DescribedJob,
} from "@aws-sdk/client-batch";
import { answerOf, THROTTLING } from "./aws-answer";
import { PermanentError, reasonOf, RetryableError } from "./errors";
import { CALL_TIMEOUT_MS, type JobControl, type JobDetail } from "./ports";

/** Creates the port to jobs that exist. */
export function batchControl(batch: BatchClient, timeoutMs = CALL_TIMEOUT_MS): JobControl {
  const options = (): { abortSignal: AbortSignal } => ({
    abortSignal: AbortSignal.timeout(timeoutMs),
  });
  const asked = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw explained(what, error, timeoutMs);
    }
  };
  return {
    describe: (jobIds) =>
      asked(`describe ${String(jobIds.length)} jobs`, async () => {
        const answer = await batch.send(new DescribeJobsCommand({ jobs: [...jobIds] }), options());
        return (answer.jobs ?? []).map(detailOf);
      }),
    failedChildren: (arrayJobId) =>
      asked(`list the failed children of job ${arrayJobId}`, async () => {
        const indexes: number[] = [];
        let nextToken: string | undefined;
        do {
          const page = await batch.send(
            new ListJobsCommand({ arrayJobId, jobStatus: "FAILED", nextToken }),
            options(),
          );
          for (const { arrayProperties, jobId } of page.jobSummaryList ?? []) {
            const index = arrayProperties?.index ?? Number(jobId?.split(":")[1]);
            if (Number.isInteger(index)) indexes.push(index);
          }
          nextToken = page.nextToken === "" ? undefined : page.nextToken;
        } while (nextToken !== undefined);
        return indexes.sort((a, b) => a - b);
      }),
    terminate: (jobId, reason) =>
      asked(`end job ${jobId}`, async () => {
        await batch.send(
          new TerminateJobCommand({ jobId, reason: reason.slice(0, 1000) }),
          options(),
        );
      }),
  };
}

/** A job as Batch tells it, in an answer or in the detail of an event, which has the same form. */
export function detailOf(job: Partial<DescribedJob>): JobDetail {
  const children = job.arrayProperties?.statusSummary;
  return {
    jobId: job.jobId ?? "",
    status: job.status ?? "",
    statusReason: job.statusReason,
    attempts: (job.attempts ?? []).map(({ container, statusReason, startedAt, stoppedAt }) => ({
      exitCode: container?.exitCode,
      reason: container?.reason,
      statusReason,
      startedAt: instant(startedAt),
      stoppedAt: instant(stoppedAt),
    })),
    ...(children === undefined ? {} : { children }),
  };
}

const instant = (milliseconds: number | undefined): string | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();

function explained(what: string, error: unknown, timeoutMs: number): Error {
  const { status, code } = answerOf(error);
  const text = `could not ${what}: ${reasonOf(error, timeoutMs)}`;
  const refused =
    status !== undefined &&
    status >= 400 &&
    status < 500 &&
    status !== 408 &&
    status !== 429 &&
    !THROTTLING.has(code);
  return refused
    ? new PermanentError(`${text}; grant the function's role this call`, { cause: error })
    : new RetryableError(`${text}; it is tried again`, { cause: error });
}
