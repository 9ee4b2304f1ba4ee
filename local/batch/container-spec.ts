import { type ContainerMount, type ContainerSpec } from "./container-runtime";
import { type Job } from "./job";
import { commandOf, environmentOf } from "./job-detail";

/**
 * What the host of a job's next attempt is told.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
 */
export function containerSpec(job: Job, region: string): ContainerSpec {
  const container = job.definition.request.containerProperties;
  const attempt = job.attempts.length + 1;
  return {
    jobId: job.id,
    jobName: job.name,
    attempt,
    logStreamName: job.logStreamName ?? "",
    image: container?.image ?? "",
    roleArn: container?.jobRoleArn,
    command: commandOf(job),
    environment: {
      ...environmentOf(job),
      ...(job.child === undefined
        ? {}
        : {
            AWS_BATCH_JOB_ARRAY_INDEX: String(job.child.index),
            AWS_BATCH_JOB_ARRAY_SIZE: String(job.child.parent.array?.size),
          }),
      AWS_BATCH_CE_NAME: job.environment?.name ?? job.queue.environments[0]?.name ?? "",
      AWS_BATCH_JOB_ATTEMPT: String(attempt),
      AWS_BATCH_JOB_ID: job.id,
      AWS_BATCH_JQ_NAME: job.queue.name,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    },
    secrets: Object.fromEntries(
      (container?.secrets ?? []).map(({ name, valueFrom }) => [name ?? "", valueFrom ?? ""]),
    ),
    mounts: mounts(job),
  };
}

function mounts(job: Job): ContainerMount[] {
  const { volumes = [], mountPoints = [] } = job.definition.request.containerProperties ?? {};
  return mountPoints.map(({ containerPath, sourceVolume, readOnly }) => {
    const volume = volumes.find(({ name }) => name === sourceVolume);
    const efs = volume?.efsVolumeConfiguration;
    return {
      containerPath: containerPath ?? "",
      readOnly: readOnly ?? false,
      source:
        efs === undefined
          ? undefined
          : [
              "efs",
              efs.fileSystemId,
              efs.authorizationConfig?.accessPointId ?? efs.rootDirectory ?? "root",
            ].join("/"),
    };
  });
}
