import {
  type AttemptDetail,
  type JobDependency,
  type JobStateTimeLimitAction,
  type JobStatus,
  type RegisterJobDefinitionRequest,
  type RetryStrategy,
  type SubmitJobRequest,
} from "@aws-sdk/client-batch";
import { type ArrayState } from "./array-job";
import { type ComputeEnvironment } from "./compute-environment";
import { type RunningContainer } from "./container-runtime";

/** A job queue. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly priority: number;
  readonly state: "ENABLED" | "DISABLED";
  /** True where a scheduling policy is attached: jobs must name a share, and shares take turns. */
  readonly fairShare: boolean;
  /** Containers of the queue that run at once. */
  readonly concurrency: number;
  /** In the order in which they are tried. */
  readonly environments: readonly ComputeEnvironment[];
  /** What ends a job that waits at the head of the queue for what does not come. */
  readonly timeLimits: readonly JobStateTimeLimitAction[];
}

/** A revision of a job definition. */
export interface JobDefinition {
  readonly name: string;
  readonly revision: number;
  readonly arn: string;
  readonly request: RegisterJobDefinitionRequest;
}

/** A job. */
export interface Job {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly queue: Queue;
  readonly definition: JobDefinition;
  readonly request: SubmitJobRequest;
  /** As they were given. */
  readonly dependencies: readonly JobDependency[];
  /** Ids of the jobs that must have succeeded before. */
  readonly dependsOn: readonly string[];
  /** Of the parent of an array job. */
  readonly array?: ArrayState | undefined;
  /** Of a child of an array job. */
  readonly child?: { readonly parent: Job; readonly index: number } | undefined;
  readonly retryStrategy: RetryStrategy;
  readonly timeoutSeconds: number | undefined;
  readonly createdAt: number;
  /** Position among all submissions: jobs of the same millisecond keep their order. */
  readonly number: number;
  readonly tags: Record<string, string>;
  readonly attempts: AttemptDetail[];
  status: JobStatus;
  statusReason: string | undefined;
  startedAt: number | undefined;
  stoppedAt: number | undefined;
  logStreamName: string | undefined;
  cancelled: string | undefined;
  terminated: string | undefined;
  container: RunningContainer | undefined;
  /** Where the attempt under way was placed. */
  environment: ComputeEnvironment | undefined;
  /** Why the host of the attempt under way is being taken away. */
  reclaimed: string | undefined;
}

/** True for a job that has ended. */
export const isEnded = (job: Job): boolean => job.status === "SUCCEEDED" || job.status === "FAILED";
