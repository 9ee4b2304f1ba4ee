import { DescribeJobsCommand, type BatchClient } from "@aws-sdk/client-batch";
import { type CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { asked } from "./cloud-error";

/** Where the output of jobs is. */
export interface LogSource {
  /** Streams of a job, one for each of Batch's attempts, in their order. Empty where nobody knows any. */
  streams(jobId: string): Promise<readonly string[]>;
  /** The last lines of a stream; `undefined` where it is gone. */
  tail(stream: string, lines: number): Promise<readonly string[] | undefined>;
}

/** The log group of a partner's jobs in CloudWatch; Batch tells which stream is of which job. */
export function cloudWatchLogs(
  batch: BatchClient,
  logs: CloudWatchLogsClient,
  logGroupName: string,
): LogSource {
  return {
    streams: async (jobId) => {
      const { jobs = [] } = await asked(
        `describe the job ${jobId}`,
        batch.send(new DescribeJobsCommand({ jobs: [jobId] })),
      );
      const [job] = jobs;
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
        (error: unknown) => {
          // Its retention is over, or the job ended before it wrote anything.
          if (((error as Error).cause as Error).name === "ResourceNotFoundException")
            return undefined;
          throw error;
        },
      );
    },
  };
}
