import {
  DescribeJobsCommand,
  ListJobsCommand,
  type BatchClient,
  type JobDetail,
} from "@aws-sdk/client-batch";
import { type CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { asked } from "./cloud-error";

/** Where the output of jobs is. */
export interface LogSource {
  /** Streams of a job, one for each of Batch's attempts, in their order. Empty where nobody knows any. */
  streams(jobId: string): Promise<readonly string[]>;
  /** The last lines of a stream; `undefined` where it is gone. */
  tail(stream: string, lines: number): Promise<readonly string[] | undefined>;
  /**
   * What a stream holds behind a place in it; `undefined` where there is no such stream, or not yet. One answer: ask again
   * until it holds no line and the place is the same.
   */
  read(stream: string, from: LogPlace): Promise<LogPage | undefined>;
  /** Children of an array job that run now; none of a job that is no array. */
  runningChildren(jobId: string): Promise<RunningChildren>;
  /** How long after its end a job's last lines may come. */
  readonly settlesMs: number;
}

/** A place in a stream: what an answer told, else its last lines, else its beginning. */
export interface LogPlace {
  readonly place?: string | undefined;
  readonly last?: number | undefined;
}

/** Lines of a stream, and the place behind them. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly place: string;
}

/** A line of a log. */
export interface LogLine {
  readonly text: string;
  /** ISO 8601 instant; missing where nobody keeps it. */
  readonly at?: string | undefined;
}

/** Children of an array job that run. */
export interface RunningChildren {
  readonly indexes: readonly number[];
  /** Whether there may be others. */
  readonly more: boolean;
}

/** The running children of a job that has none. */
export const NO_CHILDREN: RunningChildren = { indexes: [], more: false };

/** The driver in a container hands its last lines over within seconds of the end; a stream shows them a little later. */
const SETTLES_MS = 10_000;

/** Lists running children of an array job: one answer. @see https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html */
export async function runningChildrenOf(
  batch: BatchClient,
  jobId: string,
): Promise<RunningChildren> {
  const { jobSummaryList = [], nextToken } = await asked(
    `list the children of the job ${jobId}`,
    batch.send(new ListJobsCommand({ arrayJobId: jobId, jobStatus: "RUNNING" })),
  );
  return {
    indexes: jobSummaryList.flatMap(({ arrayProperties }) => arrayProperties?.index ?? []),
    more: nextToken !== undefined,
  };
}

/** The log group of a partner's jobs in CloudWatch; Batch tells which stream is of which job. */
export function cloudWatchLogs(
  batch: BatchClient,
  logs: CloudWatchLogsClient,
  logGroupName: string,
): LogSource {
  const jobOf = async (jobId: string): Promise<JobDetail | undefined> => {
    const { jobs = [] } = await asked(
      `describe the job ${jobId}`,
      batch.send(new DescribeJobsCommand({ jobs: [jobId] })),
    );
    return jobs[0];
  };
  return {
    settlesMs: SETTLES_MS,
    streams: async (jobId) => {
      const job = await jobOf(jobId);
      const attempts = (job?.attempts ?? []).flatMap(
        ({ container }) => container?.logStreamName ?? [],
      );
      const running = job?.container?.logStreamName;
      // While an attempt runs its stream is the job's own alone.
      return [...new Set([...attempts, ...(running === undefined ? [] : [running])])];
    },
    tail: async (logStreamName, limit) => {
      const found = asked(
        `read the log ${logGroupName}, stream ${logStreamName}`,
        logs.send(
          new GetLogEventsCommand({ logGroupName, logStreamName, limit, startFromHead: false }),
        ),
      );
      return found.then(
        ({ events = [] }) => events.map(({ message }) => message ?? ""),
        unlessGone,
      );
    },
    read: async (logStreamName, { place, last }) => {
      const found = asked(
        `read the log ${logGroupName}, stream ${logStreamName}`,
        logs.send(
          new GetLogEventsCommand({
            logGroupName,
            logStreamName,
            // A token of the forward direction is taken with the head alone.
            startFromHead: place !== undefined || last === undefined,
            ...(place === undefined ? { limit: last } : { nextToken: place }),
          }),
        ),
      );
      return found.then(
        ({ events = [], nextForwardToken }) => ({
          lines: events.map(({ message = "", timestamp }) => ({
            text: message,
            ...(timestamp === undefined ? {} : { at: new Date(timestamp).toISOString() }),
          })),
          place: nextForwardToken ?? place ?? "",
        }),
        unlessGone,
      );
    },
    runningChildren: async (jobId) =>
      (await jobOf(jobId))?.arrayProperties?.size === undefined
        ? NO_CHILDREN
        : runningChildrenOf(batch, jobId),
  };
}

/** Its retention is over, or the job has not written anything. */
function unlessGone(error: unknown): undefined {
  if (((error as Error).cause as Error).name === "ResourceNotFoundException") return undefined;
  throw error;
}
