import { ESCALATIONS_MAX } from "../../../functions/runs-core/decide-failures";
import {
  actionKey,
  claimKey,
  orderKey,
  retryKey,
  TRY_LATER_DELAYS_SECONDS,
  type ActionRecord,
  type ClaimRecord,
  type RetryPlan,
} from "../../../modules/contract";
import { parseKey } from "../../../modules/ledger";
import { hasEnded, MINUTE, type ModelJob, type Unit } from "./model-batch";
import type { ModelWorld } from "./model-world";

/** How the attempts of an order ended. */
export interface Verdict {
  readonly delivered: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Orders of which nothing was ever written: all their events ended in the dead-letter queue. */
  readonly never: number;
  /** What must not be; empty. */
  readonly faults: readonly string[];
}

export const keyOf = (orderId: string): string => orderKey(orderId, { kind: "manual", orderId });

interface Attempt {
  readonly orderKey: string;
  readonly attempt: number;
}

/** Looks at a history after its calm end: every order ended once, told, and nothing was done twice. */
export function judge(world: ModelWorld, ids: readonly string[]): Verdict {
  const faults = [...world.faults, ...twins(world), ...needless(world)];
  const sums = { delivered: 0, failed: 0, cancelled: 0, never: 0 };
  for (const id of ids) {
    const runs = attemptsOf(world, keyOf(id));
    if (runs.length === 0) {
      sums.never += 1;
      if (world.batch.jobs.some(({ ref }) => ref.orderKey === keyOf(id)))
        faults.push(`${id}: jobs without an entry in the index`);
      if (!world.met.has("event in the dead-letter queue"))
        faults.push(`${id}: lost without a word`);
    }
    for (const run of runs) {
      const end = judgeAttempt(world, run, faults);
      if (end !== undefined) sums[end] += 1;
    }
  }
  return { ...sums, faults };
}

function attemptsOf(world: ModelWorld, key: string): Attempt[] {
  return [...world.objects.keys()].flatMap((object) => {
    const parsed = parseKey(object);
    return parsed?.kind === "day" && parsed.fact === "claimed" && parsed.run.orderKey === key
      ? [{ orderKey: key, attempt: parsed.run.attempt }]
      : [];
  });
}

function judgeAttempt(
  world: ModelWorld,
  run: Attempt,
  faults: string[],
): "delivered" | "failed" | "cancelled" | undefined {
  const name = `${run.orderKey}.${String(run.attempt)}`;
  const fault = (what: string): void => void faults.push(`${name}: ${what}`);
  const jobs = world.batch.jobs.filter(
    ({ ref }) => ref.orderKey === run.orderKey && ref.attempt === run.attempt,
  );
  const has = (pattern: RegExp): boolean =>
    [...world.objects.keys()].some((key) => key.includes(name) && pattern.test(key));
  const published = jobs.filter(
    ({ ref, status }) => ref.step === "publish" && status === "SUCCEEDED",
  ).length;
  const ends = world.told.filter(
    (told) =>
      told.orderKey === run.orderKey &&
      told.attempt === run.attempt &&
      ["delivered", "failed", "retrying"].includes(told.kind),
  );
  const cancelled = actionsOf(world, run).some(({ action }) => action === "cancel");
  if (!cancelled) faults.push(...workedTwice(world, run, jobs));
  if (published > 1) fault(`delivered ${String(published)} times`);
  if (!has(/\.told\.json$/u)) fault("its end was never told");
  if (jobs.some((job) => !hasEnded(job))) fault("jobs are left under way");
  const words = ends.map(({ kind }) => kind);
  if (words.length > 1 && !(cancelled && published === 1))
    fault(`${String(words.length)} ends told: ${words.join(", ")}`);
  // Of an order whose server is down it is told once, with the first of its delayed attempts.
  const delayed = world.objects.has(retryKey({ partner: world.partner, ...run }));
  if (words.length === 0 && !cancelled && !delayed) fault("no end told");
  if (words.includes("delivered") !== (published === 1))
    fault(`told ${words.join(", ") || "nothing"}, published ${String(published)} times`);
  for (const { kind, cause, counts, elapsedSeconds } of ends) {
    if (kind !== "delivered" && cause === undefined) fault(`${kind}, and no reason`);
    if (kind === "delivered" && (counts?.["files"] !== 3 || elapsedSeconds === undefined))
      fault("delivered, and neither counts nor the time it took are told");
  }
  if (delayed && !cancelled && !later(world, run))
    fault("a later attempt was promised and not made");
  if (
    delayed &&
    !world.told.some((told) => told.kind === "retrying" && told.orderKey === run.orderKey)
  )
    fault("a later attempt was planned and nobody was told");
  if (!toldWithPlan(world, run))
    fault("a later attempt was planned, and told by the next pass only");
  for (const { step } of jobs.map(({ ref }) => ref))
    if (escalations(world, run, step) > ESCALATIONS_MAX)
      fault(`${step} was submitted anew ${String(escalations(world, run, step))} times`);
  if (published === 1) return "delivered";
  if (cancelled) return "cancelled";
  return words.includes("failed") ? "failed" : undefined;
}

/** Work of an attempt that goes on although a later attempt does it. */
function workedTwice(world: ModelWorld, run: Attempt, jobs: readonly ModelJob[]): string[] {
  const key = claimKey({ partner: world.partner, ...run, attempt: run.attempt + 1 });
  const later = world.objects.get(key);
  if (later === undefined) return [];
  const { claimedAt } = JSON.parse(later.body) as ClaimRecord;
  return jobs
    .filter((job) => unitsOf(job).some(({ endings }) => endings.length > 0))
    .filter(({ endedAt = world.now }) => endedAt > Date.parse(claimedAt))
    .map(({ jobName }) => `${jobName}: works although a later attempt does`);
}

/** Whoever plans a later attempt tells it with the plan; only one that was disturbed leaves it to the next. */
function toldWithPlan(world: ModelWorld, run: Attempt): boolean {
  const stored = world.objects.get(retryKey({ partner: world.partner, ...run }));
  const told = world.told.find(
    ({ kind, orderKey: of }) => kind === "retrying" && of === run.orderKey,
  );
  if (stored === undefined || told === undefined) return true;
  const { notBefore, earlier } = JSON.parse(stored.body) as RetryPlan;
  const delay = (TRY_LATER_DELAYS_SECONDS[earlier] ?? 0) * 1000;
  const [planned, at] = [Date.parse(notBefore) - delay, Date.parse(told.at)];
  return (
    at <= planned + MINUTE ||
    world.faultTimes.some((fault) => fault >= planned - MINUTE && fault <= at)
  );
}

const later = (world: ModelWorld, { orderKey: key, attempt }: Attempt): boolean =>
  attemptsOf(world, key).some((other) => other.attempt > attempt);

const escalations = (world: ModelWorld, run: Attempt, step: string): number =>
  actionsOf(world, run).filter(
    ({ action, details }) => action === "escalate" && details["step"] === step,
  ).length;

function actionsOf(world: ModelWorld, run: Attempt): ActionRecord[] {
  const prefix = actionKey({ partner: world.partner, ...run }, "", "").slice(
    0,
    -".json".length - 1,
  );
  return [...world.objects]
    .filter(([key]) => key.startsWith(prefix))
    .map(([, { body }]) => JSON.parse(body) as ActionRecord);
}

/** Jobs of one name: the same work submitted twice. */
function twins(world: ModelWorld): string[] {
  const names = world.batch.jobs.map(({ jobName }) => jobName);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `two jobs: ${name}`,
  );
}

const MACHINE = new Set(["host", "notice", "early-notice", "no-capacity"]);

/** Work that was submitted anew although it was done, or although no other machine could help. */
function needless(world: ModelWorld): string[] {
  const faults: string[] = [];
  for (const job of world.batch.jobs) {
    const { generation } = job.ref;
    if (generation === 1) continue;
    const before = world.batch.jobs.find(
      ({ ref }) => ref.generation === generation - 1 && sameStep(ref, job.ref),
    );
    if (before === undefined) {
      faults.push(`${job.jobName}: no generation before it`);
      continue;
    }
    if (before.status === "SUCCEEDED") faults.push(`${job.jobName}: was done before`);
    const failedBefore = world.batch.jobs.find(
      ({ jobId, status, endedAt }) =>
        dependsOn(job, jobId) &&
        dependsOn(before, jobId) &&
        status === "FAILED" &&
        (endedAt ?? Infinity) < job.createdAt,
    );
    if (failedBefore !== undefined)
      faults.push(`${job.jobName}: waits again for ${failedBefore.jobName}, which has failed`);
    const failed = unitsOf(before).filter(({ status }) => status === "FAILED");
    for (const { endings, jobId } of failed) {
      const last = endings.at(-1);
      if (last !== undefined && !MACHINE.has(last))
        faults.push(`${job.jobName}: submitted anew after ${last} of ${jobId}`);
    }
    if (before.units.length > 0 && before.units.some(({ endings }) => endings.length > 0)) {
      const wanted = failed.map(({ original }) => original).sort();
      const given = unitsOf(job)
        .map(({ original }) => original)
        .sort();
      if (JSON.stringify(wanted) !== JSON.stringify(given))
        faults.push(
          `${job.jobName}: children ${JSON.stringify(given)} are done again, ${JSON.stringify(wanted)} failed`,
        );
    }
  }
  return faults;
}

const dependsOn = ({ request }: ModelJob, id: string): boolean =>
  request.dependsOn?.some(({ jobId }) => jobId === id) === true;

const unitsOf = (job: ModelJob): readonly Unit[] => (job.units.length > 0 ? job.units : [job]);

const sameStep = (a: ModelJob["ref"], b: ModelJob["ref"]): boolean =>
  a.orderKey === b.orderKey && a.attempt === b.attempt && a.step === b.step;
