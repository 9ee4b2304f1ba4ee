import { randomBytes } from "node:crypto";
import { type JobStatus } from "@aws-sdk/client-batch";
import { type ContainerExit, type ContainerRuntime } from "./container-runtime";
import { containerSpec } from "./container-spec";
import { isEnded, type Job, type Queue } from "./job";
import { isRetried } from "./retry-rules";
import { type Timers } from "./timers";

/** What an {@link Engine} works with. */
export interface EngineOptions {
  readonly runtime: ContainerRuntime;
  readonly timers: Timers;
  readonly region: string;
  /** Called at every change of a status. */
  readonly changed: (job: Job) => void;
}

/** ECS's default between SIGTERM and SIGKILL. @see https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html */
const STOP_GRACE_SECONDS = 30;

/** Takes jobs from state to state. @see https://docs.aws.amazon.com/batch/latest/userguide/job_states.html */
export class Engine {
  readonly jobs = new Map<string, Job>();
  private readonly waiting: Job[] = [];
  private readonly running = new Map<Queue, number>();
  private readonly attempts = new Set<Promise<void>>();
  private closed = false;

  constructor(private readonly options: EngineOptions) {}

  /** Takes a job that was accepted. */
  add(job: Job): void {
    this.jobs.set(job.id, job);
    this.options.changed(job);
    setImmediate(() => {
      this.consider(job);
    });
  }

  /**
   * Cancels a job that has not started; one that waits for others when those have ended. No effect on others.
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html
   */
  cancel(job: Job, reason: string): void {
    if (isEnded(job) || job.container !== undefined || job.status === "STARTING") return;
    job.cancelled = reason;
    this.consider(job);
  }

  /**
   * Ends a job whatever it does.
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateJob.html
   */
  terminate(job: Job, reason: string): void {
    if (isEnded(job)) return;
    job.terminated = reason;
    if (job.status === "STARTING" || job.status === "RUNNING")
      job.container?.stop(STOP_GRACE_SECONDS);
    else this.end(job, "FAILED", reason);
  }

  /** Starts nothing more and kills what runs. */
  async close(): Promise<void> {
    this.closed = true;
    for (const { container } of this.jobs.values()) container?.stop(0);
    await Promise.all(this.attempts);
  }

  /** Looks whether a job that has not started may go on. */
  private consider(job: Job): void {
    if (
      this.closed ||
      (job.status !== "SUBMITTED" && job.status !== "PENDING" && job.status !== "RUNNABLE")
    )
      return;
    const before = job.dependsOn.flatMap((id) => this.jobs.get(id) ?? []);
    if (before.some(({ status }) => status === "FAILED")) {
      this.end(job, "FAILED", "Dependent Job failed");
    } else if (!before.every(isEnded)) {
      if (job.status === "SUBMITTED") this.change(job, "PENDING");
    } else if (job.cancelled !== undefined) {
      this.end(job, "FAILED", job.cancelled);
    } else if (job.status !== "RUNNABLE") {
      this.makeRunnable(job);
    }
  }

  private makeRunnable(job: Job): void {
    this.change(job, "RUNNABLE");
    this.waiting.push(job);
    this.pump(job.queue);
  }

  /** Starts what a queue has room for, in the order in which the jobs became runnable. */
  private pump(queue: Queue): void {
    while (!this.closed && (this.running.get(queue) ?? 0) < queue.concurrency) {
      const index = this.waiting.findIndex((job) => job.queue === queue);
      const [job] = index < 0 ? [] : this.waiting.splice(index, 1);
      if (job === undefined) return;
      // Cancelled or terminated meanwhile.
      if (job.status !== "RUNNABLE") continue;
      const attempt = this.attempt(job);
      this.attempts.add(attempt);
      void attempt.then(() => this.attempts.delete(attempt));
    }
  }

  private async attempt(job: Job): Promise<void> {
    const { timers, runtime, region } = this.options;
    this.running.set(job.queue, (this.running.get(job.queue) ?? 0) + 1);
    const taskId = randomBytes(16).toString("hex");
    job.logStreamName = `${job.definition.name}/default/${taskId}`;
    this.change(job, "STARTING");
    let startedAt: number | undefined;
    let timedOut = false;
    let exit: ContainerExit;
    try {
      const container = await runtime.start(containerSpec(job, region));
      job.container = container;
      startedAt = timers.now();
      job.startedAt = startedAt;
      this.change(job, "RUNNING");
      if (this.closed) container.stop(0);
      else if (job.terminated !== undefined) container.stop(STOP_GRACE_SECONDS);
      const cancelTimeout =
        job.timeoutSeconds === undefined
          ? undefined
          : timers.after(job.timeoutSeconds, () => {
              timedOut = true;
              container.stop(STOP_GRACE_SECONDS);
            });
      exit = await container.exited;
      cancelTimeout?.();
    } catch (error) {
      exit = {
        reason: error instanceof Error ? error.message : String(error),
        statusReason: "Task failed to start",
      };
    }
    job.container = undefined;
    this.running.set(job.queue, (this.running.get(job.queue) ?? 1) - 1);
    this.settle(job, exit, { taskId, startedAt, timedOut });
    this.pump(job.queue);
  }

  private settle(
    job: Job,
    exit: ContainerExit,
    attempt: {
      readonly taskId: string;
      readonly startedAt: number | undefined;
      readonly timedOut: boolean;
    },
  ): void {
    const statusReason = exit.statusReason ?? "Essential container in task exited";
    job.attempts.push({
      container: {
        taskArn: job.arn.replace(/:batch:(.*):job\/.*$/u, `:ecs:$1:task/local/${attempt.taskId}`),
        ...(exit.exitCode === undefined ? {} : { exitCode: exit.exitCode }),
        ...(exit.reason === undefined ? {} : { reason: exit.reason }),
        ...(job.logStreamName === undefined ? {} : { logStreamName: job.logStreamName }),
      },
      ...(attempt.startedAt === undefined ? {} : { startedAt: attempt.startedAt }),
      stoppedAt: this.options.timers.now(),
      statusReason,
    });
    // Whatever code a container ends with that was told to stop: the job has failed.
    if (job.terminated !== undefined) this.end(job, "FAILED", job.terminated);
    else if (attempt.timedOut) this.end(job, "FAILED", "Job attempt duration exceeded timeout");
    else if (exit.exitCode === 0 && exit.statusReason === undefined)
      this.end(job, "SUCCEEDED", statusReason);
    else if (
      !this.closed &&
      isRetried(job.retryStrategy, job.attempts.length, { ...exit, statusReason })
    ) {
      job.startedAt = undefined;
      this.makeRunnable(job);
    } else this.end(job, "FAILED", statusReason);
  }

  private end(job: Job, status: "SUCCEEDED" | "FAILED", reason: string): void {
    job.statusReason = reason;
    job.stoppedAt = this.options.timers.now();
    this.change(job, status);
    for (const other of this.jobs.values())
      if (other.dependsOn.includes(job.id)) this.consider(other);
  }

  private change(job: Job, status: JobStatus): void {
    job.status = status;
    this.options.changed(job);
  }
}
