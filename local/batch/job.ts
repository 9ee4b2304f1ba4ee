import {
  type AttemptDetail,
  type JobStatus,
  type RegisterJobDefinitionRequest,
  type RetryStrategy,
  type SubmitJobRequest,
} from "@aws-sdk/client-batch";
import { type RunningContainer } from "./container-runtime";

/** A job queue. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly priority: number;
  readonly state: "ENABLED" | "DISABLED";
  /** True where a scheduling policy is attached; jobs must then name a share. Fair share itself is not simulated. */
  readonly fairShare: boolean;
  /** Containers of the queue that run at once. */
  readonly concurrency: number;
  /** Name of the compute environment that its jobs see. */
  readonly computeEnvironment: string;
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
  readonly dependsOn: readonly string[];
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
}

/** True for a job that has ended. */
export const isEnded = (job: Job): boolean => job.status === "SUCCEEDED" || job.status === "FAILED";
