import { availableParallelism } from "node:os";
import {
  type CancelJobRequest,
  type CreateJobQueueRequest,
  type CreateJobQueueResponse,
  type DescribeJobDefinitionsRequest,
  type DescribeJobDefinitionsResponse,
  type DescribeJobQueuesRequest,
  type DescribeJobQueuesResponse,
  type DescribeJobsRequest,
  type DescribeJobsResponse,
  type JobDetail,
  type ListJobsRequest,
  type ListJobsResponse,
  type RegisterJobDefinitionRequest,
  type RegisterJobDefinitionResponse,
  type SubmitJobRequest,
  type SubmitJobResponse,
  type TerminateJobRequest,
} from "@aws-sdk/client-batch";
import { type ComputeEnvironmentSettings } from "./compute-environment";
import { type ContainerRuntime } from "./container-runtime";
import { definitionDetails, queueDetails } from "./describe";
import { Engine } from "./engine";
import { isEnded, type Job } from "./job";
import { jobDetail } from "./job-detail";
import { type JobStateChange, jobStateChange, type QueueBlocked, queueBlocked } from "./job-event";
import { demand, LIMITS, refuse, shown } from "./limits";
import { listJobs } from "./list-jobs";
import { type QueueSettings, Registry } from "./registry";
import { requireTags } from "./retry-limits";
import { submitted } from "./submission";
import { systemTimers, type Timers } from "./timers";

/** Settings of a {@link LocalBatch}. */
export interface LocalBatchOptions {
  readonly account: string;
  readonly region: string;
  readonly runtime: ContainerRuntime;
  /** Containers of a queue that run at once. @default the machine's cores */
  readonly concurrency?: number;
  /** Called at every change of a job's status, as EventBridge would deliver it. @default nobody is told */
  readonly onEvent?: (event: JobStateChange) => void;
  /** Called when the job at the head of a queue can not be placed, as EventBridge would tell it. @default nobody is told */
  readonly onQueueBlocked?: (event: QueueBlocked) => void;
  /** @default the machine's time */
  readonly timers?: Timers;
}

/**
 * AWS Batch on one machine: states, dependencies, retries, timeouts, cancelling and terminating as documented.
 * Array jobs, priorities, sharing by what runs, compute environments with their vCPUs, lost capacity and Spot reclaims are
 * simulated; multi-node and EKS jobs are refused, not ignored.
 */
export class LocalBatch {
  private readonly registry: Registry;
  private readonly engine: Engine;
  private readonly timers: Timers;
  private readonly watchers = new Set<() => void>();

  constructor(private readonly options: LocalBatchOptions) {
    this.timers = options.timers ?? systemTimers;
    this.registry = new Registry(this.arn, options.concurrency ?? availableParallelism());
    this.engine = new Engine({
      runtime: options.runtime,
      timers: this.timers,
      region: options.region,
      changed: (job) => {
        options.onEvent?.(jobStateChange(job, options, this.timers.now()));
        for (const watcher of this.watchers) watcher();
      },
      blocked: (job, reason) => {
        options.onQueueBlocked?.(queueBlocked(job, reason, options, this.timers.now()));
      },
    });
  }

  /** Sets a queue up without compute environments. Returns its ARN. */
  addQueue(settings: QueueSettings): string {
    return this.registry.addQueue(settings).arn;
  }

  /** Sets a compute environment up, for queues to name. */
  addComputeEnvironment(settings: ComputeEnvironmentSettings): void {
    this.registry.addEnvironment(settings);
  }

  /** Says whether EC2 has instances for a compute environment. What runs there goes on. */
  setCapacity(computeEnvironment: string, hasCapacity: boolean): void {
    this.registry.environment(computeEnvironment).hasCapacity = hasCapacity;
    this.engine.scheduler.pump();
  }

  /** Takes the host of a job that runs on Spot away; with a notice its container gets SIGTERM first. */
  reclaim(jobId: string, { notice }: { readonly notice: boolean }): void {
    this.engine.reclaim(
      this.find(jobId) ?? refuse(`the job ${shown(jobId)} does not exist`),
      notice,
    );
  }

  createJobQueue(request: CreateJobQueueRequest): CreateJobQueueResponse {
    const { name, arn } = this.registry.createQueue(request);
    return { jobQueueName: name, jobQueueArn: arn };
  }

  describeJobQueues(request: DescribeJobQueuesRequest): DescribeJobQueuesResponse {
    return queueDetails(this.registry, request);
  }

  registerJobDefinition(request: RegisterJobDefinitionRequest): RegisterJobDefinitionResponse {
    const { name, arn, revision } = this.registry.register(request);
    return { jobDefinitionName: name, jobDefinitionArn: arn, revision };
  }

  describeJobDefinitions(request: DescribeJobDefinitionsRequest): DescribeJobDefinitionsResponse {
    return definitionDetails(this.registry, request);
  }

  submitJob(request: SubmitJobRequest): SubmitJobResponse {
    const job = submitted(request, {
      registry: this.registry,
      job: (id) => this.engine.jobs.get(id),
      arn: this.arn,
      now: () => this.timers.now(),
      number: this.engine.jobs.size,
    });
    this.engine.add(job);
    return { jobArn: job.arn, jobName: job.name, jobId: job.id };
  }

  describeJobs({ jobs: ids = [] }: DescribeJobsRequest): DescribeJobsResponse {
    demand(
      ids.length <= LIMITS.describeJobs,
      `jobs takes at most ${String(LIMITS.describeJobs)} ids, got ${String(ids.length)}`,
    );
    return { jobs: ids.flatMap((id) => this.find(id) ?? []).map(jobDetail) };
  }

  listJobs(request: ListJobsRequest): ListJobsResponse {
    return listJobs(request, this.engine.jobs.values(), (name) => this.registry.queue(name));
  }

  /** An unknown job is no error. @see https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJobs.html */
  cancelJob({ jobId, reason }: CancelJobRequest): void {
    const job = this.find(jobId);
    if (job !== undefined) this.engine.cancel(job, requireReason(reason));
  }

  terminateJob({ jobId, reason }: TerminateJobRequest): void {
    const job = this.find(jobId);
    if (job !== undefined) this.engine.terminate(job, requireReason(reason));
  }

  /** Adds tags to a job, by its ARN. */
  tagResource(arn: string, tags: Readonly<Record<string, string>>): void {
    Object.assign(this.byArn(arn).tags, checkedTags({ ...this.byArn(arn).tags, ...tags }));
  }

  listTagsForResource(arn: string): { readonly tags: Readonly<Record<string, string>> } {
    return { tags: { ...this.byArn(arn).tags } };
  }

  /** All jobs, in the order of their submission. */
  jobs(): readonly JobDetail[] {
    return [...this.engine.jobs.values()].map(jobDetail);
  }

  /** Waits until every job has ended. */
  async idle(): Promise<void> {
    await this.until(() => this.engine.open === 0);
  }

  /** Waits until the jobs have ended. */
  async ended(ids: readonly string[]): Promise<readonly JobDetail[]> {
    const jobs = ids.map((id) => this.find(id) ?? refuse(`the job ${shown(id)} does not exist`));
    await this.until(() => jobs.every(isEnded));
    return jobs.map(jobDetail);
  }

  /** Starts nothing more and kills every container. */
  async close(): Promise<void> {
    await this.engine.close();
  }

  private readonly arn = (resource: string): string =>
    `arn:aws:batch:${this.options.region}:${this.options.account}:${resource}`;

  private find(id: string | undefined): Job | undefined {
    return this.engine.jobs.get(id ?? "");
  }

  private byArn(arn: string): Job {
    const found = [...this.engine.jobs.values()].find((job) => job.arn === arn);
    return found ?? refuse(`the resource ${shown(arn)} does not exist`);
  }

  private until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
      look();
    });
  }
}

function requireReason(reason: string | undefined): string {
  demand(
    reason !== undefined && reason !== "" && reason.length <= 1024,
    `reason must have 1 to 1024 characters, got ${shown(reason)}`,
  );
  return reason;
}

function checkedTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  requireTags(tags);
  return tags;
}
