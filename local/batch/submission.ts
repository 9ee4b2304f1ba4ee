import { randomUUID } from "node:crypto";
import { type JobDependency, type SubmitJobRequest } from "@aws-sdk/client-batch";
import { type ArrayState, arrayState } from "./array-job";
import { type Job, type JobDefinition, type Queue } from "./job";
import { demand, LIMITS, refuse, requireName, shown } from "./limits";
import { requireEnvironment, type Registry } from "./registry";
import { requireRetryStrategy, requireTags, requireTimeout } from "./retry-limits";

/** What a submission is checked against. */
export interface SubmissionContext {
  readonly registry: Registry;
  readonly job: (jobId: string) => Job | undefined;
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
  const array = arrayState(request);
  return {
    id,
    arn: context.arn(`job/${id}`),
    name,
    queue,
    definition,
    request,
    dependencies: dependencies(request, array, context),
    dependsOn: (request.dependsOn ?? []).flatMap(({ jobId, type }) =>
      jobId === undefined || type === "N_TO_N" ? [] : [jobId],
    ),
    array,
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
    environment: undefined,
    reclaimed: undefined,
  };
}

function refuseWhatIsNotRun(request: SubmitJobRequest): void {
  for (const field of [
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

/** @see https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html */
function dependencies(
  request: SubmitJobRequest,
  array: ArrayState | undefined,
  context: SubmissionContext,
): readonly JobDependency[] {
  const list = request.dependsOn ?? [];
  demand(
    list.length <= LIMITS.dependsOn,
    `dependsOn takes at most ${String(LIMITS.dependsOn)} jobs, got ${String(list.length)}`,
  );
  for (const { jobId, type } of list) {
    demand(
      type === undefined || array !== undefined,
      `dependsOn of type ${shown(type)} is for array jobs; give arrayProperties, or leave the type out`,
    );
    if (type === "SEQUENTIAL") {
      demand(jobId === undefined, "dependsOn of type SEQUENTIAL takes no jobId");
      continue;
    }
    const other = context.job(jobId ?? "");
    if (other === undefined) refuse(`the job ${shown(jobId)} in dependsOn does not exist`);
    demand(
      type !== "N_TO_N" || other.array?.size === array?.size,
      `the job ${shown(jobId)} in dependsOn of type N_TO_N must be an array job of the same size`,
    );
  }
  return list;
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
