import type { SubmitJobCommandInput } from "@aws-sdk/client-batch";
import { RetryableError } from "../../../../functions/runs-core/errors";
import { jsonLog } from "../../../../functions/runs-core/log";
import type {
  Batch,
  Clock,
  FoundJob,
  Ledger,
  SubmitOutcome,
  Written,
} from "../../../../functions/runs-core/ports";
import type { TriggerConfig } from "../../../../functions/trigger/config";
import { handle } from "../../../../functions/trigger/handler";
import type { TriggerAnswer } from "../../../../modules/contract";
import type { Call, Director, SimJob } from "./sim-types";

interface Pending extends Call {
  readonly effect: () => unknown;
  readonly resolve: (value: unknown) => void;
  /** Answers that the call failed or timed out. */
  readonly fail: (why: string) => void;
  readonly throttle: (() => void) | undefined;
}

interface Delivery {
  readonly event: unknown;
  readonly at: number;
  /** How often Lambda delivers the event again after a failure. */
  readonly retries: number;
  readonly config: TriggerConfig;
}

interface Running {
  readonly id: number;
  readonly startedAt: number;
  readonly delivery: Delivery;
  ended: boolean;
}

const TIMEOUT_MS = 60_000;
/** Lambda repeats a failed asynchronous invocation after one minute, then after two. */
const REDELIVERY_MS = [120_000, 60_000] as const;

/**
 * A world in which invocations of the handler run against an in-memory S3 and Batch, one call at a time: each call waits
 * until the director picks it, so that every interleaving, crash, lost answer and stale listing can be played. No real
 * time passes. Lambda's part is played too: the time limit, and redelivery of failed events.
 */
export class World {
  now = Date.parse("2026-03-01T21:00:00Z");
  readonly objects = new Map<string, { body: string; etag: string }>();
  readonly jobs: SimJob[] = [];
  readonly answers: TriggerAnswer[] = [];
  readonly failures: Error[] = [];
  readonly log: { level: string; event: string; [field: string]: unknown }[] = [];
  served = 0;
  submissions = 0;

  private pending: Pending[] = [];
  private readonly wandering: { readonly at: number; readonly effect: () => unknown }[] = [];
  private readonly deliveries: Delivery[] = [];
  private readonly running: Running[] = [];
  private ids = 0;

  constructor(
    private readonly config: TriggerConfig,
    public director: Director,
  ) {}

  /** Plans an event. */
  deliver(event: unknown, { after = 0, retries = 0, config = this.config } = {}): void {
    this.deliveries.push({ event, at: this.now + after, retries, config });
  }

  /** Runs until nothing is left to do. */
  async run(): Promise<void> {
    for (;;) {
      // Calls are answered by the director alone, so that a turn of the event loop brings all to their next call.
      await new Promise((resolve) => setImmediate(resolve));
      this.arrive();
      this.endOverdue();
      const ready = this.pending.filter((call) => call.readyAt <= this.now);
      if (ready.length > 0) {
        const call = ready[this.director.next(ready.length, ready)];
        if (call === undefined) throw new Error("the director picked no call");
        this.serve(call);
        continue;
      }
      const started = this.start();
      if (started) continue;
      const times = [
        ...this.pending.map((call) => call.readyAt),
        ...this.deliveries.map((delivery) => delivery.at),
        ...this.wandering.map(({ at }) => at),
      ];
      if (times.length === 0) return;
      this.now = Math.max(this.now, Math.min(...times));
    }
  }

  /** Lets time pass with nothing going on. */
  pass(ms: number): void {
    this.now += ms;
  }

  keys(pattern: RegExp): string[] {
    return [...this.objects.keys()].filter((key) => pattern.test(key)).sort();
  }

  json(key: string): Record<string, unknown> {
    const stored = this.objects.get(key);
    if (stored === undefined) throw new Error(`nothing at ${key}`);
    return JSON.parse(stored.body) as Record<string, unknown>;
  }

  /** Job ids by job name. */
  jobsByName(): Record<string, string[]> {
    const byName: Record<string, string[]> = {};
    for (const { jobName, jobId } of this.jobs) (byName[jobName] ??= []).push(jobId);
    return byName;
  }

  private start(): boolean {
    const index = this.deliveries.findIndex((delivery) => delivery.at <= this.now);
    const [delivery] = index < 0 ? [] : this.deliveries.splice(index, 1);
    if (delivery === undefined) return false;
    const run: Running = { id: ++this.ids, startedAt: this.now, delivery, ended: false };
    this.running.push(run);
    const skew = this.director.skew();
    const log = jsonLog(
      (line) => this.log.push(JSON.parse(line) as { level: string; event: string }),
      () => this.now,
    );
    void handle(
      {
        config: delivery.config,
        clock: this.clock(run, skew),
        ledger: this.ledger(run),
        batch: this.batch(run),
        functions: { ask: () => Promise.reject(new Error("no function is asked here")) },
        countFiles: () => Promise.reject(new Error("no list is counted here")),
        log,
        nonce: () => `nonce-${String(run.id)}`,
      },
      delivery.event,
      { requestId: `request-${String(run.id)}`, remainingMs: TIMEOUT_MS },
    ).then(
      (answer) => {
        if (run.ended) return;
        run.ended = true;
        this.answers.push(answer);
      },
      (error: unknown) => {
        if (run.ended) return;
        this.failures.push(error instanceof Error ? error : new Error(String(error)));
        this.end(run);
      },
    );
    return true;
  }

  /** Ends an invocation without an answer, or after its error; Lambda delivers its event again. */
  private end(run: Running): void {
    run.ended = true;
    this.pending = this.pending.filter((call) => call.invocation !== run.id);
    const { retries, event, config } = run.delivery;
    const wait = REDELIVERY_MS[retries - 1];
    if (wait !== undefined)
      this.deliveries.push({ event, config, at: this.now + wait, retries: retries - 1 });
  }

  private endOverdue(): void {
    for (const run of this.running)
      if (!run.ended && this.now >= run.startedAt + TIMEOUT_MS) {
        // What was sent may still arrive.
        for (const call of this.pending)
          if (call.invocation === run.id && call.name !== "sleep" && this.director.paused())
            this.wandering.push({ at: this.now + this.director.wander(), effect: call.effect });
        this.end(run);
      }
  }

  private arrive(): void {
    for (let i = this.wandering.length - 1; i >= 0; i--)
      if ((this.wandering[i]?.at ?? Infinity) <= this.now) this.wandering.splice(i, 1)[0]?.effect();
  }

  private serve(call: Pending): void {
    this.pending = this.pending.filter((other) => other !== call);
    if (call.name === "sleep") {
      call.resolve(undefined);
      return;
    }
    this.served++;
    const run = this.running.find(({ id }) => id === call.invocation);
    if (run === undefined) throw new Error("a call without an invocation");
    this.now += this.director.latency(call);
    if (this.now >= run.startedAt + TIMEOUT_MS) {
      this.pending.push(call);
      return;
    }
    if (this.now > call.issuedAt + call.timeoutMs && !this.director.paused()) {
      call.fail("TimeoutError");
      return;
    }
    this.play(call, run);
  }

  private play(call: Pending, run: Running): void {
    switch (this.director.fault(call)) {
      case "none":
        call.resolve(call.effect());
        return;
      case "fails":
        call.fail("ECONNRESET");
        return;
      case "loses-answer":
        call.effect();
        call.fail("ECONNRESET");
        return;
      case "wanders":
        this.wandering.push({ at: this.now + this.director.wander(), effect: call.effect });
        call.fail("TimeoutError");
        return;
      case "throttled":
        if (call.throttle === undefined) call.resolve(call.effect());
        else call.throttle();
        return;
      case "crash-before":
        this.end(run);
        return;
      case "crash-after":
        call.effect();
        this.end(run);
    }
  }

  private call<T>(
    run: Running,
    name: string,
    target: string,
    timeoutMs: number,
    effect: () => T,
    failed: (why: string) => T,
    throttled?: () => T,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // A process that was ended goes no further.
      if (run.ended) return;
      this.pending.push({
        invocation: run.id,
        name,
        target,
        issuedAt: this.now,
        readyAt: this.now,
        timeoutMs,
        effect,
        resolve: resolve as (value: unknown) => void,
        fail: (why) => {
          try {
            resolve(failed(why));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
        throttle:
          throttled === undefined
            ? undefined
            : () => {
                resolve(throttled());
              },
      });
    });
  }

  private clock(run: Running, skew: number): Clock {
    return {
      now: () => this.now + skew,
      random: () => 0.5,
      sleep: (ms) =>
        new Promise((resolve) => {
          if (run.ended) return;
          const wake = { readyAt: this.now + ms, issuedAt: this.now, timeoutMs: Infinity };
          const common = { invocation: run.id, name: "sleep", target: "", throttle: undefined };
          const nothing = (): void => undefined;
          this.pending.push({
            ...common,
            ...wake,
            effect: nothing,
            fail: nothing,
            resolve: () => {
              resolve();
            },
          });
        }),
    };
  }

  private ledger(run: Running): Ledger {
    const failed = (why: string): never => {
      throw new RetryableError(`S3: ${why}`);
    };
    const call = <T>(name: string, key: string, effect: () => T): Promise<T> =>
      this.call(run, name, key, 5_000, effect, failed);
    const put = (key: string, body: string): Written => {
      this.objects.set(key, { body, etag: `"${String(++this.ids)}"` });
      return "written";
    };
    return {
      create: (key, body) =>
        call("create", key, () => (this.objects.has(key) ? "conflict" : put(key, body))),
      replace: (key, body, etag) =>
        call("replace", key, () =>
          this.objects.get(key)?.etag === etag ? put(key, body) : "conflict",
        ),
      find: (key) => call("find", key, () => this.objects.get(key)),
      list: (prefix, after = "") =>
        call("keys", prefix, () => ({
          keys: [...this.objects.keys()]
            .filter((key) => key.startsWith(prefix) && key > after)
            .sort(),
        })),
      read: (key) =>
        call("read", key, () => {
          const stored = this.objects.get(key);
          if (stored === undefined) throw new Error(`read of a missing object: ${key}`);
          return stored;
        }),
    };
  }

  private batch(run: Running): Batch {
    return {
      submit: (request) => {
        this.submissions++;
        return this.call<SubmitOutcome>(
          run,
          "submit",
          request.jobName ?? "",
          10_000,
          () => this.accept(request),
          (reason) => ({ kind: "unknown", reason }),
          () => ({ kind: "throttled", reason: "TooManyRequestsException" }),
        );
      },
      findByName: (jobName, queue) =>
        this.call<readonly FoundJob[]>(
          run,
          "list",
          jobName,
          5_000,
          () =>
            this.jobs.filter(
              (job) =>
                job.jobName === jobName && job.jobQueue === queue && job.visibleAt <= this.now,
            ),
          (why) => {
            throw new RetryableError(`Batch: ${why}`);
          },
        ),
    };
  }

  private accept(request: SubmitJobCommandInput): SubmitOutcome {
    for (const { jobId } of request.dependsOn ?? [])
      if (!this.jobs.some((job) => job.jobId === jobId))
        return { kind: "refused", reason: `ClientException: no job ${String(jobId)}` };
    const jobId = `job-${String(++this.ids)}`;
    this.jobs.push({
      jobId,
      jobArn: `arn:${jobId}`,
      jobName: request.jobName ?? "",
      jobQueue: request.jobQueue ?? "",
      createdAt: this.now,
      visibleAt: this.now + this.director.listingLag(),
      request,
    });
    return { kind: "accepted", jobId, jobArn: `arn:${jobId}` };
  }
}
