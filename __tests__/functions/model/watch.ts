import { LEASE_MS } from "../../../functions/runs-core/lease";
import { intentKey, type ActionRecord, type IntentRecord } from "../../../modules/contract";
import { hasEnded, MINUTE } from "./model-batch";
import type { ModelWorld } from "./model-world";

// What must not be at any time of a history, looked at while it happens.

/** No more orders are under way than the partner's limit. */
export function overLimit({ plan, batch }: ModelWorld): string[] {
  const limit = plan.concurrentOrders;
  const open = batch.jobs.filter((job) => !hasEnded(job));
  const runs = new Set(open.map(({ ref }) => `${ref.orderKey}.${String(ref.attempt)}`));
  return limit !== undefined && runs.size > limit
    ? [`more than ${String(limit)} under way: ${[...runs].join(", ")}`]
    : [];
}

/** No order starts while its partner is paused, but by an invocation that had looked before. Of the newest job. */
export function startedInPause({ plan, batch, objects, now, begin }: ModelWorld): string[] {
  const job = batch.jobs.at(-1);
  const minute = (now - begin) / MINUTE;
  const span = plan.pauses?.find(({ from, to }) => minute > from + 1 && minute < to);
  if (job === undefined || span === undefined) return [];
  const own = batch.jobs.filter(
    ({ ref }) => ref.orderKey === job.ref.orderKey && ref.attempt === job.ref.attempt,
  );
  const { body } = objects.get(intentKey(job.ref)) ?? { body: "{}" };
  const { takeovers = 0, leaseUntil = "" } = JSON.parse(body) as Partial<IntentRecord>;
  // What was begun before is under way, and goes on.
  const begun =
    takeovers > 0 || Date.parse(leaseUntil) - LEASE_MS < begin + (span.from + 1) * MINUTE;
  return own.length === 1 && !begun ? [`${job.jobName}: starts while it is paused`] : [];
}

/** A whole pass of the reconciler ends what was under way of a run when it was cancelled, or was submitted just then. */
export function leftAfterCancel({ batch, objects }: ModelWorld, passFrom: number): string[] {
  const before = passFrom - 2 * LEASE_MS;
  return batch.jobs.flatMap((job) => {
    if (hasEnded(job) || job.createdAt > before) return [];
    const { partner, orderKey, attempt } = job.ref;
    const prefix = `${partner}/runs/${orderKey}/${String(attempt)}/actions/`;
    const cancelled = [...objects].some(([key, { body }]) => {
      if (!key.startsWith(prefix)) return false;
      const { action, at } = JSON.parse(body) as ActionRecord;
      return action === "cancel" && Date.parse(at) <= before;
    });
    return cancelled ? [`${job.jobName} goes on after it was cancelled`] : [];
  });
}
