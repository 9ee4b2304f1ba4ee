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
    request.multiNodeJobId === undefined,
    "multiNodeJobId can not be listed on one machine, which runs no multi-node jobs",
  );
  demand(
    (request.jobQueue === undefined) !== (request.arrayJobId === undefined),
    "exactly one of jobQueue, arrayJobId, multiNodeJobId must be given",
  );
  const { maxResults: size = LIMITS.listPage, nextToken } = request;
  demand(
    Number.isInteger(size) && size >= 1 && size <= LIMITS.listPage,
    `maxResults must be between 1 and ${String(LIMITS.listPage)}, got ${shown(size)}`,
  );
  const wanted = selection(request);
  const found = [...candidates(request, jobs, queueOf)].filter(wanted);
  found.sort((a, b) => position(b) - position(a));
  // Jobs that are submitted between two pages come first and must not shift the rest.
  const below = nextToken === undefined ? Infinity : tokenNumber(nextToken);
  const page = found.filter((job) => position(job) < below);
  const shownJobs = page.slice(0, size);
  const last = shownJobs.at(-1);
  return {
    jobSummaryList: shownJobs.map(summary),
    ...(page.length > size && last !== undefined
      ? { nextToken: Buffer.from(`after:${String(position(last))}`).toString("base64") }
      : {}),
  };
}

/** A queue's own jobs; the children of an array job are listed by their parent alone. */
function candidates(
  { jobQueue, arrayJobId }: ListJobsRequest,
  jobs: Iterable<Job>,
  queueOf: (nameOrArn: string) => Queue,
): Iterable<Job> {
  if (jobQueue === undefined) {
    const parent = [...jobs].find(({ id }) => id === arrayJobId);
    return parent?.array?.children ?? refuse(`the array job ${shown(arrayJobId)} does not exist`);
  }
  const queue = queueOf(jobQueue);
  return [...jobs].filter((job) => job.queue === queue && job.child === undefined);
}

/** Children have their parent's number. */
const position = (job: Job): number => job.child?.index ?? job.number;

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
    ...(job.array === undefined ? {} : { arrayProperties: { size: job.array.size } }),
    ...(job.child === undefined ? {} : { arrayProperties: { index: job.child.index } }),
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
