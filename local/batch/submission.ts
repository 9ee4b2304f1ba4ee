import { randomUUID } from "node:crypto";
import { type SubmitJobRequest } from "@aws-sdk/client-batch";
import { type Job, type JobDefinition, type Queue } from "./job";
import { demand, LIMITS, refuse, requireName, shown } from "./limits";
import { requireEnvironment, type Registry } from "./registry";
import { requireRetryStrategy, requireTags, requireTimeout } from "./retry-limits";

/** What a submission is checked against. */
export interface SubmissionContext {
  readonly registry: Registry;
  readonly knows: (jobId: string) => boolean;
  readonly arn: (resource: string) => string;
  readonly now: () => number;
  readonly number: number;
}

/**
 * Checks a SubmitJob request as strictly as Batch does and makes the job.
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
 */
export function submitted(request: SubmitJobRequest, context: SubmissionContext): Job {
  const { jobName: name } = request;
  requireName("jobName", name);
  const bytes = Buffer.byteLength(JSON.stringify(request));
  demand(
    bytes <= LIMITS.submitBytes,
    `the request takes ${String(bytes)} bytes, at most ${String(LIMITS.submitBytes)} are allowed`,
  );
  refuseWhatIsNotRun(request);
  const queue = context.registry.queue(request.jobQueue);
  demand(queue.state === "ENABLED", `the job queue ${shown(queue.name)} is disabled`);
  const definition = context.registry.definition(request.jobDefinition);
  requireShare(request, queue);
  requireEnvironment("containerOverrides", request.containerOverrides?.environment);
  requireRetryStrategy(request.retryStrategy);
  requireTimeout(request.timeout);
  requireTags(request.tags);
  const id = randomUUID();
  return {
    id,
    arn: context.arn(`job/${id}`),
    name,
    queue,
    definition,
    request,
    dependsOn: dependencies(request, context),
    retryStrategy: request.retryStrategy ?? definition.request.retryStrategy ?? { attempts: 1 },
    timeoutSeconds: timeoutSeconds(request, definition),
    createdAt: context.now(),
    number: context.number,
    tags: { ...request.tags },
    attempts: [],
    status: "SUBMITTED",
    statusReason: undefined,
    startedAt: undefined,
    stoppedAt: undefined,
    logStreamName: undefined,
    cancelled: undefined,
    terminated: undefined,
    container: undefined,
  };
}

function refuseWhatIsNotRun(request: SubmitJobRequest): void {
  for (const field of [
    "arrayProperties",
    "nodeOverrides",
    "eksPropertiesOverride",
    "ecsPropertiesOverride",
    "consumableResourcePropertiesOverride",
  ] as const)
    demand(
      request[field] === undefined,
      `${field} can not be run on one machine; leave it out, or run the job in AWS`,
    );
}

function dependencies(request: SubmitJobRequest, context: SubmissionContext): readonly string[] {
  const list = request.dependsOn ?? [];
  demand(
    list.length <= LIMITS.dependsOn,
    `dependsOn takes at most ${String(LIMITS.dependsOn)} jobs, got ${String(list.length)}`,
  );
  return list.map(({ jobId, type }) => {
    demand(
      type === undefined,
      `dependsOn of type ${shown(type)} is for array jobs, which can not be run on one machine`,
    );
    if (jobId === undefined || !context.knows(jobId))
      refuse(`the job ${shown(jobId)} in dependsOn does not exist`);
    return jobId;
  });
}

function requireShare(request: SubmitJobRequest, queue: Queue): void {
  const { shareIdentifier: share, schedulingPriorityOverride: priority } = request;
  if (queue.fairShare) {
    demand(
      share !== undefined,
      `shareIdentifier is missing; the job queue ${shown(queue.name)} has a fair-share scheduling policy`,
    );
    demand(
      /^[A-Za-z0-9]{1,255}$/u.test(share),
      `shareIdentifier ${shown(share)} is not valid: it takes 1 to 255 letters and digits`,
    );
  } else
    demand(
      share === undefined,
      `shareIdentifier must be left out; the job queue ${shown(queue.name)} has no fair-share scheduling policy`,
    );
  demand(
    priority === undefined || (Number.isInteger(priority) && priority >= 0 && priority <= 9999),
    `schedulingPriorityOverride must be between 0 and 9999, got ${shown(priority)}`,
  );
}

function timeoutSeconds(request: SubmitJobRequest, definition: JobDefinition): number | undefined {
  return (request.timeout ?? definition.request.timeout)?.attemptDurationSeconds;
}
