import {
  type JobSummary,
  type ListJobsRequest,
  type ListJobsResponse,
} from "@aws-sdk/client-batch";
import { type Job, type Queue } from "./job";
import { demand, LIMITS, refuse, shown } from "./limits";

/**
 * Answers ListJobs for a queue: one filter at most, which makes the status be ignored; without both only running jobs;
 * newest first.
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html
 */
export function listJobs(
  request: ListJobsRequest,
  jobs: Iterable<Job>,
  queueOf: (nameOrArn: string) => Queue,
): ListJobsResponse {
  demand(
    request.arrayJobId === undefined && request.multiNodeJobId === undefined,
    "arrayJobId and multiNodeJobId can not be listed on one machine",
  );
  demand(request.jobQueue !== undefined, "one of jobQueue, arrayJobId, multiNodeJobId is missing");
  const { maxResults: size = LIMITS.listPage, nextToken } = request;
  demand(
    Number.isInteger(size) && size >= 1 && size <= LIMITS.listPage,
    `maxResults must be between 1 and ${String(LIMITS.listPage)}, got ${shown(size)}`,
  );
  const queue = queueOf(request.jobQueue);
  const wanted = selection(request);
  const found = [...jobs]
    .filter((job) => job.queue === queue && wanted(job))
    .sort((a, b) => b.number - a.number);
  // Jobs that are submitted between two pages come first and must not shift the rest.
  const below = nextToken === undefined ? Infinity : tokenNumber(nextToken);
  const page = found.filter((job) => job.number < below);
  const shownJobs = page.slice(0, size);
  const last = shownJobs.at(-1);
  return {
    jobSummaryList: shownJobs.map(summary),
    ...(page.length > size && last !== undefined
      ? { nextToken: Buffer.from(`after:${String(last.number)}`).toString("base64") }
      : {}),
  };
}

function tokenNumber(token: string): number {
  const number = /^after:(\d+)$/u.exec(Buffer.from(token, "base64").toString())?.[1];
  return number === undefined ? refuse(`nextToken ${shown(token)} is not valid`) : Number(number);
}

function selection(request: ListJobsRequest): (job: Job) => boolean {
  const { filters = [], jobStatus = "RUNNING" } = request;
  demand(
    filters.length <= 1,
    `only one filter can be used at a time, got ${String(filters.length)}`,
  );
  const [filter] = filters;
  if (filter === undefined) return (job) => job.status === jobStatus;
  const value = filter.values?.[0] ?? "";
  demand(
    filter.values?.length === 1,
    `the filter ${shown(filter.name)} takes one value, got ${shown(filter.values)}`,
  );
  switch (filter.name) {
    case "JOB_NAME":
      return (job) => matchesName(value.toLowerCase(), job.name.toLowerCase());
    case "JOB_DEFINITION":
      return (job) => matchesName(value, job.definition.name);
    case "BEFORE_CREATED_AT":
      return (job) => job.createdAt < Number(value);
    case "AFTER_CREATED_AT":
      return (job) => job.createdAt > Number(value);
    default:
      return refuse(`the filter ${shown(filter.name)} is not known`);
  }
}

function matchesName(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function summary(job: Job): JobSummary {
  const last = job.attempts.at(-1)?.container;
  return {
    jobId: job.id,
    jobArn: job.arn,
    jobName: job.name,
    createdAt: job.createdAt,
    status: job.status,
    jobDefinition: job.definition.arn,
    ...(job.statusReason === undefined ? {} : { statusReason: job.statusReason }),
    ...(job.startedAt === undefined ? {} : { startedAt: job.startedAt }),
    ...(job.stoppedAt === undefined ? {} : { stoppedAt: job.stoppedAt }),
    ...(last === undefined
      ? {}
      : {
          container: {
            ...(last.exitCode === undefined ? {} : { exitCode: last.exitCode }),
            ...(last.reason === undefined ? {} : { reason: last.reason }),
          },
        }),
  };
}
