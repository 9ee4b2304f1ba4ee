import type { SubmitJobCommandInput } from "@aws-sdk/client-batch";
import { stepOfJobName } from "../../../functions/runs-core/job-status";
import type { FoundJob, JobDetail } from "../../../functions/runs-core/ports";
import { ENV, EXIT_CODES, type ExitCodeName, type StepRef } from "../../../modules/contract";
import { ON_DEMAND_QUEUE } from "../trigger/support/fixtures";
import type { Ending } from "./fate";

export const MINUTE = 60_000;
const ATTEMPTS = 3;
const HOST = "Host EC2 (instance i-1) terminated.";
const EXITED = "Essential container in task exited";
const NO_CAPACITY =
  "Canceled by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY";

/** A job without children, or a child of an array job. */
export interface Unit {
  readonly jobId: string;
  /** Of an array step: which of the step's children it is, whatever its place in this job. */
  readonly original?: number | undefined;
  status: string;
  statusReason?: string | undefined;
  readonly attempts: { exitCode?: number; statusReason?: string }[];
  readonly endings: Ending[];
}

/** A job of the modelled Batch. */
export interface ModelJob extends FoundJob, Unit {
  readonly jobName: string;
  readonly ref: StepRef;
  readonly request: SubmitJobCommandInput;
  readonly visibleAt: number;
  readonly units: readonly Unit[];
  readonly terminated: { value: boolean };
  endedAt?: number;
}

/** What the modelled Batch needs of the world around it. */
export interface BatchWorld {
  readonly now: number;
  /** Whether no machine holds, those on demand neither. */
  readonly allMachinesLost: boolean;
  draw(count: number): number;
  after(ms: number, run: () => void): void;
  ending(step: string): Ending;
  /** A job or child has a new status. */
  changed(job: ModelJob, unit: Unit): void;
  /** A worker is at its end: it reports, and writes what its step is for. */
  worked(job: ModelJob, unit: Unit, outcome: ExitCodeName, interruptedByHost: boolean): void;
}

export const hasEnded = ({ status }: Pick<Unit, "status">): boolean =>
  status === "SUCCEEDED" || status === "FAILED";

/** AWS Batch as far as runs see it: dependencies, array jobs, attempts, and the retry rules of the job definitions. */
export class ModelBatch {
  readonly jobs: ModelJob[] = [];

  constructor(
    private readonly world: BatchWorld,
    private readonly remembersMs: number,
    private readonly jobMs: number,
    private readonly runnableMs: number,
  ) {}

  accept(request: SubmitJobCommandInput): ModelJob {
    const { world } = this;
    const jobId = `job-${String(this.jobs.length + 1)}`;
    const ref = stepOfJobName(request.jobName ?? "");
    if (ref === undefined) throw new Error(`a job is called ${String(request.jobName)}`);
    const given = request.containerOverrides?.environment?.find(
      ({ name }) => name === ENV.arrayIndexes,
    )?.value;
    const originals = given === undefined ? undefined : (JSON.parse(given) as number[]);
    const size = request.arrayProperties?.size ?? 0;
    const own: Unit = {
      jobId,
      original: size === 0 ? originals?.[0] : undefined,
      status: "SUBMITTED",
      attempts: [],
      endings: [],
    };
    const children = Array.from({ length: size }, (_, index) => ({
      jobId: `${jobId}:${String(index)}`,
      original: originals?.[index] ?? index,
      status: "PENDING",
      attempts: [],
      endings: [],
    }));
    const job: ModelJob = {
      ...own,
      jobArn: `arn:${jobId}`,
      jobName: request.jobName ?? "",
      jobQueue: request.jobQueue ?? "",
      createdAt: world.now,
      visibleAt: world.now + world.draw(38) * 1000,
      ref,
      request,
      units: children,
      terminated: { value: false },
    };
    this.jobs.push(job);
    world.after(1, () => {
      this.proceed(job);
    });
    return job;
  }

  describe(id: string): JobDetail[] {
    const [parent, index] = id.split(":");
    const job = this.remembered(parent ?? "");
    if (job === undefined) return [];
    const unit = index === undefined ? job : job.units[Number(index)];
    if (unit === undefined) return [];
    return unit === job && job.units.length > 0 ? [arrayDetail(job)] : [detailOf(unit)];
  }

  failedChildren(id: string): number[] {
    return (this.remembered(id)?.units ?? []).flatMap(({ status }, index) =>
      status === "FAILED" ? [index] : [],
    );
  }

  terminate(id: string, reason: string): void {
    const job = this.jobs.find(({ jobId }) => jobId === id);
    if (job === undefined || hasEnded(job)) return;
    job.terminated.value = true;
    for (const unit of job.units) if (!hasEnded(unit)) this.endUnit(job, unit, "FAILED", reason);
    if (job.units.length === 0) this.end(job, "FAILED", reason);
  }

  private remembered(id: string): ModelJob | undefined {
    const job = this.jobs.find(({ jobId }) => jobId === id);
    return job?.endedAt !== undefined && this.world.now > job.endedAt + this.remembersMs
      ? undefined
      : job;
  }

  /** Moves a job on: it waits for its dependencies, runs, and ends. */
  private proceed(job: ModelJob): void {
    if (hasEnded(job) || job.status === "RUNNABLE" || job.status === "RUNNING") return;
    const before = (job.request.dependsOn ?? []).map(({ jobId }) =>
      this.jobs.find((other) => other.jobId === jobId),
    );
    if (before.some((other) => other?.status === "FAILED")) {
      this.end(job, "FAILED", this.world.draw(2) === 0 ? "Dependent Job failed" : "");
      return;
    }
    if (before.some((other) => other?.status !== "SUCCEEDED")) return;
    if (job.units.length === 0) this.place(job, job);
    else for (const unit of job.units) this.place(job, unit);
  }

  private place(job: ModelJob, unit: Unit): void {
    const { world } = this;
    if (hasEnded(unit)) return;
    this.turn(job, unit, "RUNNABLE");
    const ending = this.endingOf(job);
    world.after(this.runnableMs + MINUTE * world.draw(5), () => {
      if (hasEnded(unit)) return;
      unit.endings.push(ending);
      if (ending === "no-capacity") {
        this.endUnit(job, unit, "FAILED", NO_CAPACITY);
        return;
      }
      this.turn(job, unit, "RUNNING");
      world.after(this.jobMs + MINUTE * world.draw(20), () => {
        this.attempt(job, unit, ending);
      });
    });
  }

  /** On-demand machines are lost, too, but seldom. */
  private endingOf(job: ModelJob): Ending {
    const ending = this.world.ending(job.ref.step);
    const byMachine = ["host", "notice", "early-notice", "no-capacity"].includes(ending);
    return byMachine &&
      job.jobQueue === ON_DEMAND_QUEUE &&
      !this.world.allMachinesLost &&
      this.world.draw(5) !== 1
      ? "ok"
      : ending;
  }

  private attempt(job: ModelJob, unit: Unit, ending: Ending): void {
    if (hasEnded(unit)) return;
    const exit = (name: ExitCodeName, byHost = false): void => {
      unit.attempts.push({ exitCode: EXIT_CODES[name].code, statusReason: EXITED });
      this.world.worked(job, unit, name, byHost);
    };
    switch (ending) {
      case "ok":
        exit("ok");
        this.endUnit(job, unit, "SUCCEEDED", EXITED);
        return;
      case "host":
      case "no-capacity":
        unit.attempts.push({ statusReason: HOST });
        this.retry(job, unit, HOST);
        return;
      case "notice":
        exit("interrupted", true);
        this.retry(job, unit, EXITED);
        return;
      case "transient":
        exit("transient");
        this.retry(job, unit, EXITED);
        return;
      case "early-notice":
        unit.attempts.push({ exitCode: 143, statusReason: EXITED });
        this.endUnit(job, unit, "FAILED", EXITED);
        return;
      case "fails":
      case "no-progress":
      case "try-later":
        exit(
          (
            {
              fails: "programFailed",
              "no-progress": "noProgress",
              "try-later": "tryLater",
            } as const
          )[ending],
        );
        this.endUnit(job, unit, "FAILED", EXITED);
    }
  }

  private retry(job: ModelJob, unit: Unit, reason: string): void {
    if (unit.attempts.length >= ATTEMPTS) this.endUnit(job, unit, "FAILED", reason);
    else this.place(job, unit);
  }

  private endUnit(job: ModelJob, unit: Unit, status: string, reason: string): void {
    if (unit === job) {
      this.end(job, status, reason);
      return;
    }
    unit.statusReason = reason;
    this.turn(job, unit, status);
    if (!job.units.every(hasEnded)) return;
    const failed = job.units.some((child) => child.status === "FAILED");
    this.end(job, failed ? "FAILED" : "SUCCEEDED", failed ? "Array Child Job failed" : undefined);
  }

  private end(job: ModelJob, status: string, reason: string | undefined): void {
    job.statusReason = reason;
    job.endedAt = this.world.now;
    this.turn(job, job, status);
    for (const other of this.jobs)
      if (other.request.dependsOn?.some(({ jobId }) => jobId === job.jobId) === true)
        this.world.after(1, () => {
          this.proceed(other);
        });
  }

  private turn(job: ModelJob, unit: Unit, status: string): void {
    unit.status = status;
    this.world.changed(job, unit);
  }
}

/** A job as Batch describes it: as it is now, whatever becomes of it later. */
export const detailOf = ({ jobId, status, statusReason, attempts }: Unit): JobDetail => ({
  jobId,
  status,
  statusReason,
  attempts: attempts.map((attempt) => ({ ...attempt })),
});

/** An array job as Batch describes it: pending as long as its children are not done, with how many are in which status. */
function arrayDetail(job: ModelJob): JobDetail {
  const children: Record<string, number> = {};
  for (const { status } of job.units) children[status] = (children[status] ?? 0) + 1;
  return { ...detailOf(job), status: hasEnded(job) ? job.status : "PENDING", children };
}
