import { type Job } from "./job";
import { demand, shown } from "./limits";

/** What a compute environment's capacity is. */
export type CapacityKind = "ec2" | "ec2-spot" | "fargate" | "fargate-spot";

/** Settings of a compute environment. */
export interface ComputeEnvironmentSettings {
  readonly name: string;
  /** @default "ec2" */
  readonly kind?: CapacityKind;
  /** @default without limit */
  readonly maxVcpus?: number;
}

/** A compute environment: so many vCPUs of a kind, shared by the queues that name it. */
export interface ComputeEnvironment {
  readonly name: string;
  readonly kind: CapacityKind;
  readonly maxVcpus: number;
  usedVcpus: number;
  /** Whether EC2 has instances for it at present. */
  hasCapacity: boolean;
}

/** Makes a compute environment that nothing uses yet. */
export function computeEnvironment(settings: ComputeEnvironmentSettings): ComputeEnvironment {
  const { name, kind = "ec2", maxVcpus = Number.POSITIVE_INFINITY } = settings;
  demand(
    maxVcpus >= 0,
    `computeResources.maxvCpus of ${shown(name)} must not be negative, got ${shown(maxVcpus)}`,
  );
  return { name, kind, maxVcpus, usedVcpus: 0, hasCapacity: true };
}

/** vCPUs that a job asks for. @see https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html */
export function vcpusOf({ request, definition }: Job): number {
  const requirements = [
    ...(request.containerOverrides?.resourceRequirements ?? []),
    ...(definition.request.containerProperties?.resourceRequirements ?? []),
  ];
  const value = requirements.find(({ type }) => type === "VCPU")?.value;
  return value === undefined ? 1 : Number(value);
}

/** Why a job can not be placed, as Batch names it. @see https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_time_limit_actions.html */
export type BlockedReason =
  "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY" | "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE";

/** Where a job goes: `busy` when it only has to wait for others, the reason when waiting for them would not help. */
export type Placement = ComputeEnvironment | "busy" | BlockedReason;

/**
 * Finds the first compute environment of the job's queue that can take it.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_queue_compute_environment_order.html
 */
export function place(job: Job): Placement {
  const vcpus = vcpusOf(job);
  const fitting = job.queue.environments.filter(({ maxVcpus }) => vcpus <= maxVcpus);
  if (fitting.length === 0) return "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE";
  const alive = fitting.filter(({ hasCapacity }) => hasCapacity);
  if (alive.length === 0) return "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY";
  return alive.find(({ usedVcpus, maxVcpus }) => usedVcpus + vcpus <= maxVcpus) ?? "busy";
}
