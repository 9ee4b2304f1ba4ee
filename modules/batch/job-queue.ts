import { BatchJobQueue } from "@cdktf/provider-aws/lib/batch-job-queue";
import { BatchSchedulingPolicy } from "@cdktf/provider-aws/lib/batch-scheduling-policy";
import { Construct } from "constructs";
import { type Naming, snakeCase, withLogicalId } from "../core";
import type { ComputeEnvironment } from "./compute-environment";

/** Props of {@link JobQueue}. */
export interface JobQueueProps {
  readonly naming: Naming;
  /** `<pool>-standard` or `<pool>-on-demand`. */
  readonly thing: string;
  /** Higher is served first where queues share a compute environment. */
  readonly priority: number;
  /** In the order in which they are tried; at most three. */
  readonly computeEnvironments: readonly ComputeEnvironment[];
}

/** How long the first job of a queue may wait for what will not come. */
const STUCK_SECONDS = 3600;

/**
 * Reasons for which a job at the head of a queue is ended when it waits too long; its end is an event that can be acted on.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_time_limit_actions.html
 */
const STUCK_REASONS = [
  "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
  "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
  "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
] as const;

/**
 * A queue that shares fairly among partners. The policy is there from the first day: AWS adds none to a queue that has
 * none, and without it ten thousand jobs of one partner stand before everybody else's.
 * Creates `aws_batch_job_queue` and `aws_batch_scheduling_policy`.
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html
 */
export class JobQueue extends Construct {
  readonly queueName: string;
  /** Literal, known at plan time. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: JobQueueProps) {
    super(scope, id);
    const { naming, thing } = props;
    const logicalId = snakeCase(thing);
    this.queueName = naming.name("batch", "platform", thing);
    this.arn = naming.jobQueueArn("platform", thing);
    const policy = withLogicalId(
      new BatchSchedulingPolicy(this, "Sharing", {
        name: this.queueName,
        fairSharePolicy: {
          // Usage of the last day counts, so that yesterday's flood is forgiven.
          shareDecaySeconds: 86400,
          // Nothing is held back for partners that have no jobs.
          computeReservation: 0,
        },
      }),
      logicalId,
    );
    withLogicalId(
      new BatchJobQueue(this, "Queue", {
        name: this.queueName,
        state: "ENABLED",
        priority: props.priority,
        schedulingPolicyArn: policy.arn,
        computeEnvironmentOrder: props.computeEnvironments.map((environment, index) => ({
          order: index + 1,
          computeEnvironment: environment.arn,
        })),
        jobStateTimeLimitAction: STUCK_REASONS.map((reason) => ({
          action: "CANCEL",
          state: "RUNNABLE",
          reason,
          maxTimeSeconds: STUCK_SECONDS,
        })),
      }),
      logicalId,
    );
  }
}
