import type { SubmitJobCommandInput } from "@aws-sdk/client-batch";
import { handleJobEvent } from "../../../functions/escalate/handler";
import { reconcile } from "../../../functions/reconcile/reconcile";
import { RetryableError } from "../../../functions/runs-core/errors";
import { jsonLog } from "../../../functions/runs-core/log";
import { beginInvocation, type PlatformPorts } from "../../../functions/runs-core/platform-ports";
import type { FoundJob, JobDetail, SubmitOutcome } from "../../../functions/runs-core/ports";
import type { TriggerConfig } from "../../../functions/trigger/config";
import { handle } from "../../../functions/trigger/handler";
import type { Announcement } from "../../../modules/contract";

export const MINUTE = 60_000;

/** How an attempt of a job ends. */
export type Ending = "ok" | "host" | "fails" | "try-later";

/** Takes the decisions of a history. */
export interface Fate {
  /** Below `count`; 0 is the calm choice everywhere. */
  draw(count: number): number;
  /** How the n-th job of a step ends its attempt. */
  ending(job: ModelJob): Ending;
}

/** A job of the modelled Batch. */
export interface ModelJob extends FoundJob {
  readonly jobName: string;
  readonly request: SubmitJobCommandInput;
  readonly visibleAt: number;
  status: string;
  statusReason?: string;
  readonly attempts: { exitCode?: number; statusReason?: string }[];
  failed: number[];
}

interface Task {
  readonly at: number;
  readonly run: () => void;
}

interface Live {
  ended: boolean;
  readonly until: number;
  readonly retry?: (() => void) | undefined;
}

/**
 * S3, Batch, EventBridge and Lambda as far as runs see them: every call of every function waits for its turn, and can
 * fail, lose its answer, or be the last of its invocation. Events are lost, repeated and reordered. No real time passes.
 */
export class ModelWorld {
  now = Date.parse("2026-03-01T21:00:00Z");
  readonly objects = new Map<string, { body: string; etag: string }>();
  readonly jobs: ModelJob[] = [];
  readonly told: Announcement[] = [];
  chaos = true;

  private readonly tasks: Task[] = [];
  private pending: { readonly live: Live; readonly serve: () => void }[] = [];
  private ids = 0;

  constructor(
    private readonly config: TriggerConfig,
    readonly fate: Fate,
  ) {}

  after(ms: number, run: () => void): void {
    this.tasks.push({ at: this.now + ms, run });
  }

  /** Runs everything that is due within a time. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      this.pending = this.pending.filter(({ live }) => !live.ended);
      if (this.pending.length > 0) {
        const [turn] = this.pending.splice(this.draw(this.pending.length), 1);
        this.now += 5;
        turn?.serve();
        continue;
      }
      this.tasks.sort((a, b) => a.at - b.at);
      const next = this.tasks[0];
      if (next === undefined || next.at > until) break;
      this.tasks.shift();
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = Math.max(this.now, until);
  }

  trigger(event: unknown, retries = 0): void {
    this.invoke(
      (ports) =>
        handle({ ...ports, config: this.config }, event, { requestId: "t", remainingMs: MINUTE }),
      retries,
    );
  }

  reconcile(): void {
    const { partner } = this.config.spec;
    this.invoke(
      (ports) =>
        reconcile(beginInvocation(ports, { requestId: "r", remainingMs: MINUTE }), [partner], []),
      0,
    );
  }

  private draw(count: number): number {
    return this.chaos && count > 1 ? this.fate.draw(count) : 0;
  }

  private invoke(call: (ports: PlatformPorts) => Promise<unknown>, retries: number): void {
    const live: Live = {
      ended: false,
      until: this.now + MINUTE,
      retry:
        retries > 0
          ? () => {
              this.after(MINUTE, () => {
                this.invoke(call, retries - 1);
              });
            }
          : undefined,
    };
    call(this.ports(live)).then(
      () => (live.ended = true),
      () => {
        if (!live.ended) this.end(live);
      },
    );
  }

  private end(live: Live): void {
    live.ended = true;
    live.retry?.();
  }

  /** One call: takes its turn, then its fate. */
  private call<T>(live: Live, effect: () => T, fails: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (answer: () => T): void => {
        try {
          resolve(answer());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const serve = (): void => {
        if (this.now >= live.until) {
          this.end(live);
          return;
        }
        switch (this.draw(24)) {
          case 1:
            settle(fails);
            return;
          case 2:
            effect();
            settle(fails);
            return;
          case 3:
            this.end(live);
            return;
          case 4:
            effect();
            this.end(live);
            return;
          default:
            settle(effect);
        }
      };
      if (!live.ended) this.pending.push({ live, serve });
    });
  }

  private ports(live: Live): PlatformPorts {
    const lost = (): never => {
      throw new RetryableError("no answer");
    };
    const ask = <T>(effect: () => T): Promise<T> => this.call(live, effect, lost);
    const put = (key: string, body: string): "written" => {
      this.objects.set(key, { body, etag: String(++this.ids) });
      return "written";
    };
    const nonce = `nonce-${String(++this.ids)}`;
    return {
      clock: {
        now: () => this.now,
        random: () => 0.5,
        sleep: (ms) =>
          new Promise((resolve) => {
            this.after(ms, () => {
              if (!live.ended) resolve();
            });
          }),
      },
      log: jsonLog(
        () => undefined,
        () => this.now,
      ),
      ledger: {
        create: (key, body) => ask(() => (this.objects.has(key) ? "conflict" : put(key, body))),
        replace: (key, body, etag) =>
          ask(() => (this.objects.get(key)?.etag === etag ? put(key, body) : "conflict")),
        find: (key) => ask(() => this.objects.get(key)),
        read: (key) =>
          ask(() => {
            const stored = this.objects.get(key);
            if (stored === undefined) throw new Error(`read of a missing object: ${key}`);
            return stored;
          }),
        list: (prefix, after = "") =>
          ask(() => ({
            keys: [...this.objects.keys()].filter((k) => k.startsWith(prefix) && k > after).sort(),
          })),
      },
      batch: {
        submit: (request) =>
          this.call<SubmitOutcome>(
            live,
            () => this.accept(request),
            () => ({ kind: "unknown", reason: "no answer" }),
          ),
        findByName: (name, queue) =>
          ask(() =>
            this.jobs.filter(
              (job) => job.jobName === name && job.jobQueue === queue && job.visibleAt <= this.now,
            ),
          ),
      },
      control: {
        describe: (ids) => ask(() => ids.flatMap((id) => this.describe(id))),
        failedChildren: (id) => ask(() => this.jobs.find((j) => j.jobId === id)?.failed ?? []),
        terminate: (id, reason) =>
          ask(() => {
            const job = this.jobs.find((candidate) => candidate.jobId === id);
            if (job !== undefined && !ENDED.has(job.status)) this.finish(job, reason);
          }),
      },
      announce: (announcement) =>
        ask(() => {
          if (!this.told.some(({ id }) => id === announcement.id)) this.told.push(announcement);
        }),
      environment: "test",
      region: "eu-central-1",
      nonce: () => nonce,
    };
  }

  private describe(id: string): JobDetail[] {
    const [parent, index] = id.split(":");
    const job = this.jobs.find(({ jobId }) => jobId === parent);
    if (job === undefined) return [];
    if (index === undefined) return [job];
    const statusReason = "Host EC2 (instance i-1) terminated.";
    return [{ jobId: id, status: "FAILED", statusReason, attempts: [{ statusReason }] }];
  }

  private accept(request: SubmitJobCommandInput): {
    kind: "accepted";
    jobId: string;
    jobArn: string;
  } {
    const jobId = `job-${String(++this.ids)}`;
    const job: ModelJob = {
      jobId,
      jobArn: `arn:${jobId}`,
      jobName: request.jobName ?? "",
      jobQueue: request.jobQueue ?? "",
      createdAt: this.now,
      visibleAt: this.now + this.draw(38) * 1000,
      request,
      status: "SUBMITTED",
      attempts: [],
      failed: [],
    };
    this.jobs.push(job);
    this.after(1, () => {
      this.proceed(job);
    });
    return { kind: "accepted", jobId, jobArn: job.jobArn };
  }

  /** Moves a job on: it waits for its dependencies, runs, and ends. */
  private proceed(job: ModelJob): void {
    if (ENDED.has(job.status)) return;
    const before = (job.request.dependsOn ?? []).map(({ jobId }) =>
      this.jobs.find((other) => other.jobId === jobId),
    );
    if (before.some((other) => other?.status === "FAILED")) {
      this.finish(job, this.draw(2) === 0 ? "Dependent Job failed" : "");
      return;
    }
    if (before.some((other) => other?.status !== "SUCCEEDED")) return;
    this.turn(job, "RUNNABLE");
    this.after(MINUTE * (1 + this.draw(5)), () => {
      if (ENDED.has(job.status)) return;
      this.turn(job, "RUNNING");
      this.after(MINUTE * (1 + this.draw(20)), () => {
        this.attempt(job);
      });
    });
  }

  private attempt(job: ModelJob): void {
    if (ENDED.has(job.status)) return;
    const ending = this.fate.ending(job);
    if (ending === "ok") {
      job.attempts.push({ exitCode: 0 });
      this.finish(job, "Essential container in task exited", "SUCCEEDED");
    } else if (ending === "host") {
      job.attempts.push({ statusReason: "Host EC2 (instance i-1) terminated." });
      if (job.attempts.length >= 3) this.finish(job, "Host EC2 (instance i-1) terminated.");
      else this.proceed(job);
    } else {
      job.attempts.push({ exitCode: ending === "fails" ? 65 : 69 });
      this.finish(job, "Essential container in task exited");
    }
  }

  private finish(job: ModelJob, reason: string, status = "FAILED"): void {
    job.statusReason = reason;
    this.turn(job, status);
    for (const other of this.jobs)
      if (other.request.dependsOn?.some(({ jobId }) => jobId === job.jobId) === true)
        this.after(1, () => {
          this.proceed(other);
        });
  }

  private turn(job: ModelJob, status: string): void {
    job.status = status;
    const event = {
      source: "aws.batch",
      "detail-type": "Batch Job State Change",
      time: new Date(this.now).toISOString(),
      detail: JSON.parse(
        JSON.stringify({
          jobName: job.jobName,
          jobId: job.jobId,
          status,
          statusReason: job.statusReason,
          attempts: job.attempts.map(({ exitCode, statusReason }) => ({
            container: { exitCode },
            statusReason,
          })),
        }),
      ) as unknown,
    };
    // None, one or two copies; each at its own time.
    const copies = [1, 0, 1, 2][this.draw(4)] ?? 1;
    for (let copy = 0; copy < copies; copy++)
      this.after(this.draw(4) * 3 * MINUTE, () => {
        this.invoke(
          (ports) =>
            handleJobEvent(beginInvocation(ports, { requestId: "e", remainingMs: MINUTE }), event),
          this.draw(3),
        );
      });
  }
}

const ENDED = new Set(["SUCCEEDED", "FAILED"]);
