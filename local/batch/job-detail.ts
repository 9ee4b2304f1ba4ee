import { type ContainerDetail, type JobDetail, type KeyValuePair } from "@aws-sdk/client-batch";
import { type Job } from "./job";

/** A job as DescribeJobs tells it. */
export function jobDetail(job: Job): JobDetail {
  const { request, definition } = job;
  return {
    jobArn: job.arn,
    jobName: job.name,
    jobId: job.id,
    jobQueue: job.queue.arn,
    status: job.status,
    ...defined({
      shareIdentifier: request.shareIdentifier,
      schedulingPriority:
        request.schedulingPriorityOverride ?? definition.request.schedulingPriority,
      statusReason: job.statusReason,
      stoppedAt: job.stoppedAt,
    }),
    attempts: structuredClone(job.attempts),
    createdAt: job.createdAt,
    retryStrategy: { evaluateOnExit: [], ...job.retryStrategy },
    // Batch sends the field only for jobs that have started.
    startedAt: job.startedAt,
    dependsOn: job.dependencies.map((dependency) => ({ ...dependency })),
    ...arrayDetail(job),
    jobDefinition: definition.arn,
    parameters: { ...definition.request.parameters, ...request.parameters },
    container: containerDetail(job),
    ...(job.timeoutSeconds === undefined
      ? {}
      : { timeout: { attemptDurationSeconds: job.timeoutSeconds } }),
    tags: { ...job.tags },
    propagateTags: request.propagateTags ?? definition.request.propagateTags ?? false,
    platformCapabilities: definition.request.platformCapabilities ?? ["EC2"],
    isCancelled: job.cancelled !== undefined,
    isTerminated: job.terminated !== undefined,
  };
}

/** The container's variables: those of the job definition, those of the job in their place. */
export function environmentOf(job: Job): Record<string, string> {
  const pairs: KeyValuePair[] = [
    ...(job.definition.request.containerProperties?.environment ?? []),
    ...(job.request.containerOverrides?.environment ?? []),
  ];
  return Object.fromEntries(pairs.map(({ name, value }) => [name ?? "", value ?? ""]));
}

/** The container's command with its parameters put in. @see https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html */
export function commandOf(job: Job): string[] {
  const { request, definition } = job;
  const command =
    request.containerOverrides?.command ?? definition.request.containerProperties?.command ?? [];
  const parameters: Record<string, string> = {
    ...definition.request.parameters,
    ...request.parameters,
  };
  return command.map((part) => {
    const name = part.startsWith("Ref::") ? part.slice("Ref::".length) : undefined;
    return name === undefined ? part : (parameters[name] ?? part);
  });
}

function arrayDetail({ array, child }: Job): Pick<JobDetail, "arrayProperties"> {
  if (array !== undefined)
    return { arrayProperties: { size: array.size, statusSummary: { ...array.summary } } };
  return child === undefined ? {} : { arrayProperties: { index: child.index } };
}

function containerDetail(job: Job): ContainerDetail {
  const container = job.definition.request.containerProperties ?? {};
  const last = job.attempts.at(-1)?.container;
  return defined({
    image: container.image,
    command: commandOf(job),
    jobRoleArn: container.jobRoleArn,
    executionRoleArn: container.executionRoleArn,
    volumes: container.volumes ?? [],
    environment: Object.entries(environmentOf(job)).map(([name, value]) => ({ name, value })),
    secrets: container.secrets ?? [],
    mountPoints: container.mountPoints ?? [],
    resourceRequirements:
      job.request.containerOverrides?.resourceRequirements ?? container.resourceRequirements ?? [],
    logConfiguration: container.logConfiguration,
    linuxParameters: container.linuxParameters,
    logStreamName: job.logStreamName,
    exitCode: last?.exitCode,
    reason: last?.reason,
    taskArn: last?.taskArn,
  });
}

/** Without the entries that are `undefined`: Batch leaves out what it does not know. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
