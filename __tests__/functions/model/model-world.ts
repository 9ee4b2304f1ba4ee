import { handleJobEvent } from "../../../functions/escalate/handler";
import { reconcile } from "../../../functions/reconcile/reconcile";
import { jsonLog } from "../../../functions/runs-core/log";
import { beginInvocation, type PlatformPorts } from "../../../functions/runs-core/platform-ports";
import { handle } from "../../../functions/trigger/handler";
import {
  dayKey,
  pauseKey,
  stepReportKey,
  type Announcement,
  type ExitCodeName,
  type PauseWord,
  type StepReport,
} from "../../../modules/contract";
import { dayOf } from "../../../modules/ledger";
import { askedPorts, noAnswer, type Ask } from "./calls";
import type { Ending, Fate } from "./fate";
import { MINUTE, ModelBatch, type BatchWorld, type ModelJob, type Unit } from "./model-batch";
import { cancel } from "./person";
import { configOfPlan, type Plan } from "./plan";
import { leftAfterCancel, overLimit, startedInPause } from "./watch";

/** The functions of the model, as faults of their calls are counted. */
export type Actor = "trigger" | "re-run" | "escalate" | "reconcile" | "cancel";

interface Task {
  readonly at: number;
  readonly run: () => void;
}

interface Live {
  readonly actor: Actor;
  ended: boolean;
  readonly until: number;
  /** What comes after an invocation that ended in an error. */
  readonly failed: () => void;
}

/** Lambda repeats what was invoked without waiting twice. */
const ASYNC_RETRIES = 2;

/**
 * S3, Batch, EventBridge and Lambda as far as runs see them: every call of every function waits for its turn, and can
 * fail, lose its answer, or be the last of its invocation. Events are lost, repeated and reordered. No real time passes.
 */
export class ModelWorld implements BatchWorld {
  now = Date.parse("2026-03-01T21:00:00Z");
  readonly begin = this.now;
  readonly objects = new Map<string, { body: string; etag: string }>();
  readonly batch: ModelBatch;
  readonly told: Announcement[] = [];
  /** How often each thing happened that a history can meet. */
  readonly met = new Map<string, number>();
  /** What must not be, found while it happened. */
  readonly faults: string[] = [];
  /** Every call, in order: who asked for what. */
  readonly calls: { readonly actor: Actor; readonly what: string }[] = [];
  chaos = true;
  /** When calls went wrong, or an invocation ran out of time. */
  readonly faultTimes: number[] = [];

  private readonly config;
  private readonly tasks: Task[] = [];
  private pending: { readonly live: Live; readonly serve: () => void }[] = [];
  private ids = 0;
  private lastEventAt = 0;

  constructor(
    readonly plan: Plan,
    private readonly fate: Fate,
  ) {
    this.config = configOfPlan(plan);
    this.batch = new ModelBatch(
      this,
      plan.remembersMinutes * MINUTE,
      plan.jobMinutes * MINUTE,
      (plan.runnableMinutes ?? 1) * MINUTE,
    );
  }

  get partner(): string {
    return this.config.spec.partner;
  }

  get allMachinesLost(): boolean {
    return this.isWithin(this.plan.machinesLost ?? []);
  }

  after(ms: number, run: () => void): void {
    this.tasks.push({ at: this.now + ms, run });
  }

  draw(count: number): number {
    return this.chaos && count > 1 ? this.fate.draw(count) : 0;
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

  trigger(event: unknown): void {
    this.handleEvent("trigger", event, this.plan.silent === true ? 0 : ASYNC_RETRIES);
  }

  /** A person waits for the answer, and does not come again. */
  rerun(orderKey: string, from: string | undefined): void {
    this.note("re-run by a person");
    const event = { kind: "rerun", orderKey, reason: "again", by: "somebody" };
    this.handleEvent("re-run", from === undefined ? event : { ...event, from }, 0);
  }

  cancel(orderKey: string): void {
    this.note("cancel by a person");
    this.invoke("cancel", (ports) => cancel(ports, this.partner, orderKey), 0);
  }

  /** A person holds the partner's new orders, or lets them go on. */
  pause(word: PauseWord): void {
    this.note(`partner that is ${word}`);
    this.store(pauseKey(this.partner, new Date(this.now).toISOString(), "n", word), { word });
  }

  reconcile(): void {
    if (this.isWithin(this.plan.withoutReconciler)) {
      this.note("reconciler that does not run");
      return;
    }
    this.invoke(
      "reconcile",
      async (ports) => {
        const from = this.now;
        const { faults, unfinished } = await reconcile(
          beginInvocation(ports, { requestId: "r", remainingMs: MINUTE }),
          [this.partner],
          [],
        );
        if (faults.length === 0 && !unfinished) this.faults.push(...leftAfterCancel(this, from));
      },
      0,
    );
  }

  ending(step: string): Ending {
    if (step === "fetch" && this.isWithin(this.plan.outages)) {
      this.note("partner's server down");
      return "try-later";
    }
    if (step === "fetch" && this.isWithin(this.plan.machinesLost ?? [])) {
      this.note("machines lost, all of them");
      return "host";
    }
    const ending = this.fate.ending(step);
    if (ending !== "ok") this.note(`attempt that ends as ${ending}`);
    return ending;
  }

  /** The worker's own words, and what its step is for. */
  worked(job: ModelJob, unit: Unit, outcome: ExitCodeName, interruptedByHost: boolean): void {
    const at = new Date(this.now).toISOString();
    const index = unit === job ? undefined : Number(unit.jobId.split(":")[1]);
    const published = outcome === "ok" && job.ref.step === "publish";
    const report: StepReport = {
      schemaVersion: 1,
      ...job.ref,
      jobId: unit.jobId,
      batchAttempt: unit.attempts.length,
      outcome,
      interruptedByHost,
      counts: published ? { files: 3, bytes: 100 } : {},
      startedAt: at,
      endedAt: at,
    };
    this.store(stepReportKey(job.ref, job.jobId, unit.attempts.length, index), report);
    if (!published) return;
    const claimed = [...this.objects.keys()].find((key) =>
      key.endsWith(`/${job.ref.orderKey}.${String(job.ref.attempt)}.claimed.json`),
    );
    const day = claimed?.split("/days/")[1]?.slice(0, 10) ?? dayOf(this.now);
    this.store(dayKey(day, job.ref, "delivered"), { files: 3, bytes: 100, publishedAt: at });
  }

  /** Tells of a job's new status: by no, one or two events, each at its own time. */
  changed(job: ModelJob, unit: Unit): void {
    const { jobId, status, statusReason } = unit;
    const attempts = unit.attempts.map(({ exitCode, statusReason: reason }) => ({
      container: { exitCode },
      statusReason: reason,
    }));
    const detail = { jobName: job.jobName, jobId, status, statusReason, attempts };
    const event = {
      source: "aws.batch",
      "detail-type": "Batch Job State Change",
      time: new Date(this.now).toISOString(),
      detail: JSON.parse(JSON.stringify(detail)) as unknown,
    };
    if (this.plan.silent === true) return;
    const copies = [1, 0, 1, 2][this.draw(4)] ?? 1;
    if (copies === 0) this.note("job event that is lost");
    if (copies === 2) this.note("job event that comes twice");
    const said = this.now;
    for (let copy = 0; copy < copies; copy++)
      this.after(this.draw(4) * 3 * MINUTE, () => {
        if (said < this.lastEventAt) this.note("job event that is overtaken");
        this.lastEventAt = Math.max(this.lastEventAt, said);
        this.invoke(
          "escalate",
          (ports) =>
            handleJobEvent(beginInvocation(ports, { requestId: "e", remainingMs: MINUTE }), event),
          ASYNC_RETRIES,
        );
      });
  }

  note(what: string): void {
    this.met.set(what, (this.met.get(what) ?? 0) + 1);
  }

  private isWithin(spans: Plan["outages"]): boolean {
    const minute = (this.now - this.begin) / MINUTE;
    return spans.some(({ from, to }) => minute >= from && minute < to);
  }

  private store(key: string, body: unknown): void {
    if (!this.objects.has(key))
      this.objects.set(key, { body: JSON.stringify(body), etag: String(++this.ids) });
  }

  private handleEvent(actor: Actor, event: unknown, retries: number): void {
    const limits = { requestId: actor, remainingMs: MINUTE };
    const countFiles = (): Promise<number> => Promise.reject(new Error("no list is counted here"));
    this.invoke(
      actor,
      (ports) =>
        handle(
          {
            ...ports,
            config: this.config,
            countFiles,
            functions: { ask: () => Promise.reject(new Error("no function is asked here")) },
          },
          event,
          limits,
        ),
      retries,
    );
  }

  private invoke(
    actor: Actor,
    call: (ports: PlatformPorts) => Promise<unknown>,
    retries: number,
  ): void {
    const live: Live = {
      actor,
      ended: false,
      until: this.now + MINUTE,
      failed: () => {
        if (retries === 0) {
          if (actor === "trigger") this.note("event in the dead-letter queue");
          return;
        }
        this.note("event that Lambda repeats");
        this.after(MINUTE, () => {
          this.invoke(actor, call, retries - 1);
        });
      },
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
    live.failed();
  }

  /** One call: takes its turn, then its fate. */
  private call<T>(live: Live, what: string, effect: () => T, unanswered: () => T): Promise<T> {
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
          this.note("invocation that runs out of time");
          this.faultTimes.push(this.now);
          this.end(live);
          return;
        }
        const fate = this.chaos ? this.fate.call(this.calls.length, what) : "served";
        this.calls.push({ actor: live.actor, what });
        if (fate !== "served") {
          this.note(`${fate}: ${live.actor}`);
          this.faultTimes.push(this.now);
        }
        if (fate === "loses-answer" || fate === "crash-after") this.effectOnly(effect);
        if (fate === "served") settle(effect);
        else if (fate === "fails" || fate === "loses-answer") settle(unanswered);
        else this.end(live);
      };
      if (!live.ended) this.pending.push({ live, serve });
    });
  }

  private effectOnly(effect: () => unknown): void {
    try {
      effect();
    } catch {
      this.note("call that would have been refused");
    }
  }

  private ports(live: Live): PlatformPorts {
    const ask: Ask = (what, effect, unanswered = noAnswer) =>
      this.call(live, what, effect, unanswered);
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
      ...askedPorts(ask, {
        objects: this.objects,
        batch: this.batch,
        told: this.told,
        now: () => this.now,
        nextId: () => String(++this.ids),
        met: (what) => {
          this.note(what);
        },
        throttles: () => {
          const throttled = this.draw(12) === 1;
          if (throttled) this.note("submission that is throttled");
          return throttled;
        },
        accepted: () => {
          this.faults.push(...overLimit(this), ...startedInPause(this));
        },
      }),
      actor: live.actor === "escalate" ? "escalate" : "reconcile",
      environment: "test",
      region: "eu-central-1",
      nonce: () => nonce,
    };
  }
}
