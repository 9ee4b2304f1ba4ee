import { dayKey, type RunRef } from "../../../modules/contract";
import { ConfigError } from "../../../modules/core/errors";
import { dayOf, type GenerationState, isOver, type RunState } from "../../../modules/ledger";
import { type CommandResult } from "../../command";
import { duration } from "../../output/words";
import { cachedLedger } from "../cached-ledger";
import { type PartnerCloud } from "../cloud";
import { findOrder, type FoundOrder } from "../find-order";
import { pauseOf, pauseText } from "../pause";
import { nextCommand, readAttempt } from "../show-order";
import { type Tell } from "./follow-lines";
import { type FollowedOutput, FollowedLogs } from "./followed-logs";
import { isPassing, pause, TRIES, waitMs } from "./patience";

/** What of an order is followed. */
export interface FollowQuery extends FollowedOutput {
  /** @default the newest, and those that come after it */
  readonly attempt?: number | undefined;
}

/** Where an order is followed. */
export interface FollowPlace {
  /** What holds the partner's orders now: a run on this machine ends, and its state is left. */
  readonly cloud: () => Promise<PartnerCloud>;
  /** Whether anything may still happen to the orders. */
  readonly alive: () => Promise<boolean>;
  readonly everyMs: number;
  /** What is added to a command so that it goes to the same place. */
  readonly suffix: string;
}

/** A run that failed is closed within minutes, or goes on; so long it is waited for one of both. */
const CLOSED_WITHIN_MS = 10 * 60_000;

/** Follows an order until it has ended: what becomes of its steps, and what their jobs write. */
export async function followOrder(
  place: FollowPlace,
  order: string,
  query: FollowQuery,
  tell: Tell,
  signal: AbortSignal,
): Promise<CommandResult> {
  const following = new Following(place, order, query, tell);
  let failures = 0;
  while (!signal.aborted) {
    try {
      const ended = await following.look();
      failures = 0;
      if (ended !== undefined) return ended;
    } catch (error) {
      failures += 1;
      if (!isPassing(error) || failures >= TRIES) throw error;
      if (failures > 1) tell.note(`asked in vain, and asks again: ${(error as Error).message}`);
    }
    await pause(waitMs(place.everyMs, failures), signal);
  }
  return { data: { kind: "stopped" }, text: "", exit: "interrupted" };
}

class Following {
  private found: FoundOrder | undefined;
  private logs: FollowedLogs | undefined;
  private attempt: number | undefined;
  private overSince: number | undefined;
  private paused = false;
  private readonly told = new Set<string>();
  private cached: { cloud: PartnerCloud; reading: PartnerCloud } | undefined;

  constructor(
    private readonly place: FollowPlace,
    private readonly order: string,
    private readonly query: FollowQuery,
    private readonly tell: Tell,
  ) {}

  /** Looks once. Tells the result when the order has ended. */
  async look(): Promise<CommandResult | undefined> {
    const alive = await this.place.alive();
    const cloud = this.reading(await this.place.cloud());
    const found = (this.found ??= await this.find(cloud));
    const state = await readAttempt(cloud, found, this.attempt);
    const logs = this.begin(state, found.orderKey);
    await this.tellPause(cloud, state);
    this.tellSteps(state);
    const settled = await logs.read(cloud.logs, state);
    const over = await this.isEnded(cloud, state);
    if ((!over && alive) || !settled) return undefined;
    if (over && this.query.attempt === undefined && (await this.goOn(cloud, state)))
      return undefined;
    return this.result(state);
  }

  /** The same while the same is read: facts are read once. */
  private reading(cloud: PartnerCloud): PartnerCloud {
    if (this.cached?.cloud !== cloud)
      this.cached = { cloud, reading: { ...cloud, ledger: cachedLedger(cloud.ledger) } };
    return this.cached.reading;
  }

  private async find(cloud: PartnerCloud): Promise<FoundOrder> {
    const found = await findOrder(cloud, this.order);
    const { attempt, step } = this.query;
    if (attempt !== undefined && !found.attempts.includes(attempt))
      throw new ConfigError(
        `--attempt must be an attempt of the order, got ${String(attempt)}; there is ${found.attempts.join(", ")}`,
      );
    this.attempt = attempt ?? found.attempts.at(-1) ?? 1;
    const { steps } = await readAttempt(cloud, found, this.attempt);
    const known = steps.map((each) => each.step);
    if (step !== undefined && !known.includes(step))
      throw new ConfigError(
        `--step must be a step of the order, got ${JSON.stringify(step)}; known are ${known.join(", ")}`,
      );
    return found;
  }

  private begin({ run, claim }: RunState, orderKey: string): FollowedLogs {
    if (this.logs !== undefined) return this.logs;
    this.tell.attempt(run.attempt, orderKey, claim?.orderId ?? this.order);
    return (this.logs = new FollowedLogs(this.query, this.tell));
  }

  private async tellPause(cloud: PartnerCloud, { status }: RunState): Promise<void> {
    if (status !== "waiting" || this.paused) return;
    const record = await pauseOf(cloud);
    if (record === undefined) return;
    this.paused = true;
    this.tell.note(`${pauseText(record)}; the order waits until it is resumed`);
  }

  private tellSteps({ run, steps, actions, retry }: RunState): void {
    const once = (fact: string, act: () => void): void => {
      const key = `${String(run.attempt)} ${fact}`;
      if (this.told.has(key)) return;
      this.told.add(key);
      act();
    };
    const wanted = steps.filter(({ step }) => (this.query.step ?? step) === step);
    for (const { step, generations } of wanted)
      for (const generation of generations) {
        const name = `${step} ${String(generation.generation)}`;
        once(`${name} ${generation.status}`, () => {
          this.tell.step(step, generation);
        });
        for (const report of reportsToTell(generation))
          once(`${name} ${report.jobId} ${report.endedAt} ${String(report.arrayIndex)}`, () => {
            this.tell.report(step, report);
          });
      }
    if (retry !== undefined)
      once("retry", () => {
        this.tell.note(`next attempt not before ${retry.notBefore}: ${retry.reason}`);
      });
    for (const { action, by, reason, at } of actions)
      once(`${action} ${at}`, () => {
        this.tell.note(`${action} by ${by}: ${reason}`);
      });
  }

  /** A failed run may be gone on with by the platform, until that has said that it does not. */
  private async isEnded(cloud: PartnerCloud, state: RunState): Promise<boolean> {
    const { status, claim, run, steps } = state;
    const over = isOver(state) || (status === "retrying" && this.query.attempt !== undefined);
    if (!over) {
      this.overSince = undefined;
      return status === "retrying" && (await this.hasLater(cloud, run));
    }
    this.overSince ??= Date.now();
    if (status === "delivered") return true;
    const underWay = steps.some(({ generations }) =>
      generations.some(({ submitted, status: word }) => submitted !== undefined && !isLast(word)),
    );
    if (status === "cancelled" && !underWay) return true;
    if (Date.now() - this.overSince >= CLOSED_WITHIN_MS) return true;
    if (await this.hasLater(cloud, run)) return true;
    if (claim === undefined) return false;
    const key = dayKey(dayOf(claim.claimedAt), run, "told");
    return (await cloud.ledger.list(key)).keys.includes(key);
  }

  private async hasLater(cloud: PartnerCloud, run: RunRef): Promise<boolean> {
    const next = { ...run, attempt: run.attempt + 1 };
    const prefix = `${run.partner}/runs/${run.orderKey}/${String(next.attempt)}/claim.json`;
    return (await cloud.ledger.list(prefix)).keys.length > 0;
  }

  /** Goes on with the next attempt, where there is one. */
  private async goOn(cloud: PartnerCloud, { run }: RunState): Promise<boolean> {
    if (!(await this.hasLater(cloud, run))) return false;
    this.attempt = run.attempt + 1;
    this.logs = undefined;
    this.overSince = undefined;
    return true;
  }

  private result(state: RunState): CommandResult {
    const { run, claim, status, elapsedSeconds } = state;
    const delivered = status === "delivered";
    const ended = isOver(state) || status === "retrying";
    const took = elapsedSeconds === undefined ? "" : ` after ${duration(elapsedSeconds)}`;
    const next =
      status === "failed" ? nextCommand(state, this.order, this.place.suffix) : undefined;
    return {
      data: {
        kind: "ended",
        ...run,
        orderId: claim?.orderId,
        status,
        ...(ended ? {} : { abandoned: true }),
        elapsedSeconds,
        nextCommand: next,
      },
      text: [
        `${JSON.stringify(claim?.orderId ?? this.order)}  attempt ${String(run.attempt)}  ${status}${took}`,
        ...(ended ? [] : ["no run is under way on this machine, so nothing more happens to it"]),
        ...(next === undefined ? [] : [`next: ${next}`]),
      ].join("\n"),
      exit: delivered ? "ok" : "runFailed",
    };
  }
}

const isLast = (status: GenerationState["status"]): boolean =>
  status === "succeeded" || status === "failed";

/** Of an array job's children those that did not succeed: there may be thousands. */
const reportsToTell = ({ reports }: GenerationState): GenerationState["reports"] =>
  reports.filter(({ arrayIndex, outcome }) => arrayIndex === undefined || outcome !== "ok");
