import { randomBytes } from "node:crypto";
import { type JobStatus } from "@aws-sdk/client-batch";
import { countChild, dependenciesOfType, endedChildren, makeChildren } from "./array-job";
import { type BlockedReason } from "./compute-environment";
import { type ContainerExit, type ContainerRuntime } from "./container-runtime";
import { containerSpec } from "./container-spec";
import { isEnded, type Job } from "./job";
import { reclaim, reclaimedExit } from "./reclaim";
import { isRetried } from "./retry-rules";
import { Scheduler } from "./scheduler";
import { type Timers } from "./timers";

/** What an {@link Engine} works with. */
export interface EngineOptions {
  readonly runtime: ContainerRuntime;
  readonly timers: Timers;
  readonly region: string;
  /** Called at every change of a status. */
  readonly changed: (job: Job) => void;
  /** Called when the job at the head of a queue can not be placed. */
  readonly blocked: (job: Job, reason: BlockedReason) => void;
}

/** ECS's default between SIGTERM and SIGKILL. @see https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html */
const STOP_GRACE_SECONDS = 30;

/** Takes jobs from state to state. @see https://docs.aws.amazon.com/batch/latest/userguide/job_states.html */
export class Engine {
  readonly jobs = new Map<string, Job>();
  /** How many jobs have not ended. */
  open = 0;
  readonly scheduler: Scheduler;
  private readonly dependents = new Map<string, Job[]>();
  private readonly attempts = new Set<Promise<void>>();
  private closed = false;

  constructor(private readonly options: EngineOptions) {
    this.scheduler = new Scheduler({
      timers: options.timers,
      start: (job) => {
        const attempt = this.attempt(job);
        this.attempts.add(attempt);
        void attempt.then(() => this.attempts.delete(attempt));
        return attempt;
      },
      blocked: (job, reason) => {
        job.statusReason = reason;
        options.blocked(job, reason);
      },
      waitedTooLong: (job, reason) => {
        if (job.status === "RUNNABLE")
          this.end(job, "FAILED", `Canceled by JobStateTimeLimit action due to reason: ${reason}`);
        this.scheduler.pump();
      },
    });
  }

  /** Takes a job that was accepted. */
  add(job: Job): void {
    this.take(job);
    setImmediate(() => {
      this.consider(job);
    });
  }

  /**
   * Cancels a job that has not started; one that waits for others when those have ended. No effect on others. Of an array
   * job, the children that have not started.
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html
   */
  cancel(job: Job, reason: string): void {
    if (isEnded(job) || job.container !== undefined || job.status === "STARTING") return;
    job.cancelled = reason;
    if (job.array !== undefined && job.array.children.length > 0)
      for (const child of job.array.children) this.cancel(child, reason);
    else this.consider(job);
  }

  /**
   * Ends a job whatever it does; of an array job, all children.
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateJob.html
   */
  terminate(job: Job, reason: string): void {
    if (isEnded(job)) return;
    job.terminated = reason;
    if (job.array !== undefined && job.array.children.length > 0)
      for (const child of job.array.children) this.terminate(child, reason);
    else if (job.status === "STARTING" || job.status === "RUNNING")
      job.container?.stop(STOP_GRACE_SECONDS);
    else this.end(job, "FAILED", reason);
  }

  /** Takes a job's host away; with a notice its container is told first. */
  reclaim(job: Job, notice: boolean): void {
    reclaim(job, notice);
  }

  /** Starts nothing more and kills what runs. */
  async close(): Promise<void> {
    this.closed = true;
    this.scheduler.close();
    for (const { container } of this.jobs.values()) container?.stop(0);
    await Promise.all(this.attempts);
    // What ended last is settled after its place is free.
    await new Promise(setImmediate);
  }

  private take(job: Job): void {
    this.jobs.set(job.id, job);
    this.open += 1;
    const ids = [
      ...job.dependsOn,
      ...dependenciesOfType(job, "N_TO_N").flatMap(({ jobId }) => jobId ?? []),
    ];
    for (const id of new Set(ids))
      this.dependents.set(id, [...(this.dependents.get(id) ?? []), job]);
    if (job.child?.parent.array !== undefined)
      countChild(job.child.parent.array, undefined, job.status);
    this.options.changed(job);
  }

  /** Looks whether a job that has not started may go on. */
  private consider(job: Job): void {
    if (
      this.closed ||
      (job.status !== "SUBMITTED" && job.status !== "PENDING" && job.status !== "RUNNABLE")
    )
      return;
    if (job.array !== undefined && job.array.children.length > 0) return;
    const before = job.dependsOn.flatMap((id) => this.jobs.get(id) ?? []);
    const others = dependenciesOfType(job, "N_TO_N").flatMap(
      ({ jobId }) => this.jobs.get(jobId ?? "") ?? [],
    );
    const neverBegan = others.some((other) => isEnded(other) && other.array?.children.length === 0);
    if (neverBegan || before.some(({ status }) => status === "FAILED")) {
      this.end(job, "FAILED", "Dependent Job failed");
    } else if (
      !before.every(isEnded) ||
      others.some((other) => other.array?.children.length === 0)
    ) {
      if (job.status === "SUBMITTED") this.change(job, "PENDING");
    } else if (job.cancelled !== undefined) {
      this.end(job, "FAILED", job.cancelled);
    } else if (job.array !== undefined) {
      this.spread(job);
    } else if (job.status !== "RUNNABLE") {
      this.makeRunnable(job);
    }
  }

  /** The parent of an array stays PENDING until its children have ended; it never runs itself. */
  private spread(parent: Job): void {
    const children = makeChildren(parent);
    if (parent.status === "SUBMITTED") this.change(parent, "PENDING");
    for (const child of children) this.take(child);
    for (const child of children) this.consider(child);
    for (const other of this.dependents.get(parent.id) ?? []) this.consider(other);
  }

  private makeRunnable(job: Job): void {
    this.change(job, "RUNNABLE");
    this.scheduler.add(job);
  }

  private async attempt(job: Job): Promise<void> {
    const { timers, runtime, region } = this.options;
    const taskId = randomBytes(16).toString("hex");
    job.logStreamName = `${job.definition.name}/default/${taskId}`;
    job.statusReason = undefined;
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
      exit = reclaimedExit(job, await container.exited);
      cancelTimeout?.();
    } catch (error) {
      exit = {
        reason: error instanceof Error ? error.message : String(error),
        statusReason: "Task failed to start",
      };
    }
    job.container = undefined;
    job.reclaimed = undefined;
    // The place is free before the next attempt looks for one.
    setImmediate(() => {
      this.settle(job, exit, { taskId, startedAt, timedOut });
    });
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
    this.open -= 1;
    this.change(job, status);
    const parent = job.child?.parent;
    if (parent?.array !== undefined && endedChildren(parent.array) === parent.array.size)
      this.endParent(parent);
    for (const other of this.dependents.get(job.id) ?? []) this.consider(other);
    this.dependents.delete(job.id);
  }

  /** @see https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html */
  private endParent(parent: Job): void {
    const failed = (parent.array?.summary.FAILED ?? 0) > 0;
    this.end(
      parent,
      failed ? "FAILED" : "SUCCEEDED",
      parent.terminated ?? (failed ? "Array Child Job failed" : "Array Child Jobs succeeded"),
    );
  }

  private change(job: Job, status: JobStatus): void {
    const array = job.child?.parent.array;
    if (array !== undefined) countChild(array, job.status, status);
    job.status = status;
    this.options.changed(job);
  }
}
