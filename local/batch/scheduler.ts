import { type BlockedReason, place, vcpusOf } from "./compute-environment";
import { type Job, type Queue } from "./job";
import { type Timers } from "./timers";

/** What a {@link Scheduler} works with. */
export interface SchedulerOptions {
  readonly timers: Timers;
  /** Starts a job on `job.environment`; ends with the attempt, and never rejects. */
  readonly start: (job: Job) => Promise<void>;
  /** The job at the head of its queue can not be placed. Called once for each reason of a job. */
  readonly blocked: (job: Job, reason: BlockedReason) => void;
  /** A job waited at the head of its queue for longer than the queue allows. */
  readonly waitedTooLong: (job: Job, reason: BlockedReason) => void;
}

/** Jobs of one share of a queue, those to be started first at the front. */
interface Share {
  readonly waiting: Job[];
  usedVcpus: number;
}

/** A queue's jobs. */
interface Line {
  readonly shares: Map<string, Share>;
  running: number;
  /** The head of the queue that can not be placed, and why. */
  blocked?:
    { readonly job: Job; readonly reason: BlockedReason; readonly forget: () => void } | undefined;
}

/**
 * Places runnable jobs: queues by their priority; within a queue that shares fairly the share that uses the fewest vCPUs
 * first and in it the job of the highest priority, else first in, first out. The job at the head waits for its place and
 * holds back those behind it.
 *
 * Fairness looks at what runs now; Batch's own also remembers what ran before, and knows weights.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_scheduling.html
 */
export class Scheduler {
  private readonly lines = new Map<Queue, Line>();
  private closed = false;

  constructor(private readonly options: SchedulerOptions) {}

  /** Takes a job that became runnable. */
  add(job: Job): void {
    const { waiting } = this.share(job);
    const priority = priorityOf(job);
    let at = waiting.length;
    while (at > 0 && priorityOf(waiting[at - 1]) < priority) at -= 1;
    waiting.splice(at, 0, job);
    this.pump();
  }

  /** Starts what there is room for. */
  pump(): void {
    const queues = [...this.lines.keys()].sort((a, b) => b.priority - a.priority);
    for (const queue of queues) this.pumpQueue(queue);
  }

  /** Starts nothing more. */
  close(): void {
    this.closed = true;
    for (const line of this.lines.values()) this.unblock(line);
  }

  private pumpQueue(queue: Queue): void {
    const line = this.line(queue);
    while (!this.closed && line.running < queue.concurrency) {
      const share = nextShare(line);
      const job = share?.waiting[0];
      if (share === undefined || job === undefined) break;
      const placement = place(job);
      if (typeof placement === "string") {
        this.setBlocked(line, job, placement === "busy" ? undefined : placement);
        return;
      }
      this.unblock(line);
      share.waiting.shift();
      const vcpus = vcpusOf(job);
      job.environment = placement;
      placement.usedVcpus += vcpus;
      share.usedVcpus += vcpus;
      line.running += 1;
      void this.options.start(job).finally(() => {
        placement.usedVcpus -= vcpus;
        share.usedVcpus -= vcpus;
        line.running -= 1;
        this.pump();
      });
    }
    if (nextShare(line) === undefined) this.unblock(line);
  }

  private setBlocked(line: Line, job: Job, reason: BlockedReason | undefined): void {
    if (line.blocked?.job === job && line.blocked.reason === reason) return;
    this.unblock(line);
    if (reason === undefined) return;
    const limits = job.queue.timeLimits.filter((limit) => limit.reason === reason);
    const cancels = limits.map(({ maxTimeSeconds = 0 }) =>
      this.options.timers.after(maxTimeSeconds, () => {
        this.options.waitedTooLong(job, reason);
      }),
    );
    line.blocked = {
      job,
      reason,
      forget: () => {
        for (const cancel of cancels) cancel();
      },
    };
    this.options.blocked(job, reason);
  }

  private unblock(line: Line): void {
    line.blocked?.forget();
    line.blocked = undefined;
  }

  private line(queue: Queue): Line {
    const line = this.lines.get(queue) ?? { shares: new Map<string, Share>(), running: 0 };
    this.lines.set(queue, line);
    return line;
  }

  private share({ queue, request }: Job): Share {
    const { shares } = this.line(queue);
    const id = queue.fairShare ? (request.shareIdentifier ?? "") : "";
    const share = shares.get(id) ?? { waiting: [], usedVcpus: 0 };
    shares.set(id, share);
    return share;
  }
}

/** The share whose turn it is: the fewest vCPUs in use, then the oldest submission. Drops jobs that have ended meanwhile. */
function nextShare({ shares }: Line): Share | undefined {
  let next: Share | undefined;
  for (const share of shares.values()) {
    while (share.waiting[0] !== undefined && share.waiting[0].status !== "RUNNABLE")
      share.waiting.shift();
    if (share.waiting[0] === undefined) continue;
    if (next === undefined || comesBefore(share, next)) next = share;
  }
  return next;
}

function comesBefore(a: Share, b: Share): boolean {
  if (a.usedVcpus !== b.usedVcpus) return a.usedVcpus < b.usedVcpus;
  return (a.waiting[0]?.number ?? 0) < (b.waiting[0]?.number ?? 0);
}

/** Only queues that share fairly look at priorities of jobs. */
function priorityOf(job: Job | undefined): number {
  if (job?.queue.fairShare !== true) return 0;
  return job.request.schedulingPriorityOverride ?? job.definition.request.schedulingPriority ?? 0;
}
