import { FUNCTION_JOB_ID } from "../../../modules/contract";
import { type GenerationState, type RunState } from "../../../modules/ledger";
import { type LogSource, type RunningChildren } from "../log-source";
import { type Tell } from "./follow-lines";

/** Which output is followed. */
export interface FollowedOutput {
  /** @default all steps */
  readonly step?: string | undefined;
  /** Child of an array job. @default a few of those that run, and of those that failed */
  readonly index?: number | undefined;
  /** Last lines of what was written before. */
  readonly tail: number;
}

/** Children of an array job that are followed at a time. */
const CHILDREN_FOLLOWED = 5;

/** Answers of one stream that are read in a row, before others have their turn. */
const PAGES = 20;

/** A job, or a child of an array job, whose output is read. */
interface Target {
  readonly step: string;
  readonly generation: number;
  readonly jobId: string;
  /** When it was first seen that it does not run any more. */
  endedAt?: number | undefined;
  settled: boolean;
}

const childId = (jobId: string, index: number): string => `${jobId}:${String(index)}`;

/** Reads what the jobs of a run write, each line once. */
export class FollowedLogs {
  private readonly targets = new Map<string, Target>();
  private readonly places = new Map<string, string>();
  /** What was written before is cut to its tail; what begins later is told whole. */
  private first = true;

  constructor(
    private readonly wanted: FollowedOutput,
    private readonly tell: Tell,
    private readonly now: () => number = Date.now,
  ) {}

  /** Reads what is new. Tells whether all of what has ended was read to its end. */
  async read(logs: LogSource, state: RunState): Promise<boolean> {
    for (const { step, generations } of state.steps)
      if (this.wanted.step === undefined || step === this.wanted.step)
        for (const generation of generations) await this.aim(logs, step, generation);
    let settled = true;
    for (const target of this.targets.values())
      if (!target.settled) settled = (await this.readTarget(logs, target)) && settled;
    this.first = false;
    return settled;
  }

  /** Adds the jobs of a generation that are to be read, and marks those that have ended. */
  private async aim(
    logs: LogSource,
    step: string,
    { generation, submitted, job, status, reports }: GenerationState,
  ): Promise<void> {
    const jobId = submitted?.jobId ?? job?.jobId;
    // What a function writes is in a log of its own, which no job leads to.
    if (jobId === undefined || jobId === FUNCTION_JOB_ID) return;
    const ended = status === "succeeded" || status === "failed";
    const { index } = this.wanted;
    const id = index === undefined ? jobId : childId(jobId, index);
    const target = this.targetOf(id, step, generation);
    if (ended) target.endedAt ??= this.now();
    if (index !== undefined || target.settled) return;
    const failed = reports.flatMap(({ arrayIndex, outcome }) =>
      arrayIndex === undefined || outcome === "ok" ? [] : [arrayIndex],
    );
    for (const child of [...new Set(failed)].slice(0, CHILDREN_FOLLOWED))
      this.targetOf(childId(jobId, child), step, generation).endedAt ??= this.now();
    if (ended) for (const child of this.childrenOf(jobId)) child.endedAt ??= this.now();
    // An array job has no output of its own.
    else if ((await logs.streams(jobId)).length === 0)
      this.aimAtChildren(jobId, await logs.runningChildren(jobId), step, generation);
  }

  /** Follows some of the children that run, others when those have ended. */
  private aimAtChildren(
    jobId: string,
    { indexes, more }: RunningChildren,
    step: string,
    generation: number,
  ): void {
    const running = new Set(indexes.map((index) => childId(jobId, index)));
    for (const child of this.childrenOf(jobId))
      if (running.has(child.jobId)) {
        // It failed, and Batch tries it again.
        child.endedAt = undefined;
        child.settled = false;
      } else if (!more) child.endedAt ??= this.now();
    const busy = this.childrenOf(jobId).filter(({ settled }) => !settled).length;
    const fresh = [...running].filter((id) => !this.targets.has(id));
    for (const id of fresh.slice(0, Math.max(0, CHILDREN_FOLLOWED - busy)))
      this.targetOf(id, step, generation);
  }

  private childrenOf(jobId: string): Target[] {
    return [...this.targets.values()].filter((each) => each.jobId.startsWith(`${jobId}:`));
  }

  private targetOf(jobId: string, step: string, generation: number): Target {
    const known = this.targets.get(jobId);
    if (known !== undefined) return known;
    const target: Target = { step, generation, jobId, settled: false };
    this.targets.set(jobId, target);
    return target;
  }

  private async readTarget(logs: LogSource, target: Target): Promise<boolean> {
    const { endedAt } = target;
    let lines = 0;
    for (const [at, stream] of (await logs.streams(target.jobId)).entries())
      lines += await this.readStream(logs, target, stream, at + 1);
    if (endedAt === undefined) return true;
    target.settled = lines === 0 && this.now() - endedAt >= logs.settlesMs;
    return target.settled;
  }

  private async readStream(
    logs: LogSource,
    { step, generation, jobId }: Target,
    stream: string,
    batchAttempt: number,
  ): Promise<number> {
    let lines = 0;
    for (let page = 0; page < PAGES; page += 1) {
      const place = this.places.get(stream);
      const last = this.first ? this.wanted.tail : undefined;
      const found = await logs.read(stream, place === undefined ? { last } : { place });
      if (found === undefined) break;
      this.places.set(stream, found.place);
      for (const { text, at } of found.lines)
        this.tell.line({ step, generation, jobId, batchAttempt, stream, at, line: text });
      lines += found.lines.length;
      if (found.lines.length === 0 && found.place === place) break;
    }
    return lines;
  }
}
