import { singleFault, type CallFate, type Ending } from "./fate";
import { play } from "./history";
import type { Actor } from "./model-world";
import { plainPlan, type Plan } from "./plan";

/** A calm history of which each call is made to go wrong in turn. */
export interface Scenario {
  readonly name: string;
  readonly plan: Plan;
  readonly endings?: Readonly<Record<string, readonly Ending[]>>;
  /** What comes of it where nothing goes wrong. */
  readonly ends: Partial<Ends>;
}

type Ends = Record<"delivered" | "failed" | "cancelled" | "never", number>;

/** Jobs whose submission was not recorded are known to nobody who cancels: without events they deliver. */
export const TOO_LATE: Scenario = {
  name: "a person cancels what is delivered in a few minutes",
  plan: plainPlan(1, { silent: true, runnableMinutes: 0, cancels: [{ at: 4, order: 0 }] }),
  ends: { cancelled: 1 },
};

/** What each function has to do at least once. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "an order is delivered", plan: plainPlan(), ends: { delivered: 1 } },
  {
    name: "all attempts lose their machine, then on-demand delivers",
    plan: plainPlan(),
    endings: { fetch: ["host", "notice", "host"] },
    ends: { delivered: 1 },
  },
  {
    name: "children of an array lose their machines, one of them twice",
    plan: plainPlan(1, { array: true }),
    endings: { convert: ["ok", "early-notice", "no-capacity", "ok", "ok", "no-capacity"] },
    ends: { delivered: 1 },
  },
  {
    name: "the partner's server is down, a delayed attempt delivers",
    plan: plainPlan(1, { outages: [{ from: 0, to: 40 }] }),
    ends: { delivered: 1 },
  },
  {
    name: "the program fails",
    plan: plainPlan(),
    endings: { fetch: ["fails"] },
    ends: { failed: 1 },
  },
  {
    name: "the program fails, a person has the order run again",
    plan: plainPlan(1, { reruns: [{ at: 45, order: 0, from: "fetch" }] }),
    endings: { fetch: ["fails"] },
    ends: { failed: 1, delivered: 1 },
  },
  {
    name: "a person has the order run again while the platform is about to",
    plan: plainPlan(1, { silent: true, reruns: [{ at: 15, order: 0, from: "fetch" }] }),
    endings: { fetch: ["host", "host", "host"] },
    ends: { delivered: 1 },
  },
  {
    name: "a person cancels",
    plan: plainPlan(1, { jobMinutes: 60, cancels: [{ at: 2, order: 0 }] }),
    ends: { cancelled: 1 },
  },
  TOO_LATE,
  {
    name: "a person pauses the partner, and lets it go on",
    plan: plainPlan(2, { events: [[0], [12]], pauses: [{ from: 10, to: 40 }] }),
    ends: { delivered: 2 },
  },
  {
    name: "orders wait for each other",
    plan: plainPlan(2, { concurrentOrders: 1 }),
    ends: { delivered: 2 },
  },
];

export const FATES: readonly CallFate[] = ["fails", "loses-answer", "crash-before", "crash-after"];

/** What came of a scenario, over all its calls and fates. */
export interface Swept {
  readonly name: string;
  /** Calls of the scenario, by function. */
  readonly points: Readonly<Partial<Record<Actor, number>>>;
  readonly histories: number;
  /** What came of it where nothing went wrong. */
  readonly calm: Ends;
  readonly faults: readonly string[];
}

/** What of a scenario is played. */
export interface SweepOptions {
  /** Takes each so many-th call only. @default 1 */
  readonly every?: number;
  /** @default all */
  readonly fates?: readonly CallFate[];
  /** Ends with the first fault. @default false */
  readonly untilFault?: boolean;
}

/**
 * Plays a scenario once for each of its calls and each fate of a call.
 */
export async function sweep(
  { name, plan, endings }: Scenario,
  { every = 1, fates = FATES, untilFault = false }: SweepOptions = {},
): Promise<Swept> {
  const calm = await play(plan, singleFault(-1, "served", endings));
  const faults = calm.faults.map((fault) => `undisturbed: ${fault}`);
  const points: Partial<Record<Actor, number>> = {};
  for (const { actor } of calm.calls) points[actor] = (points[actor] ?? 0) + 1;
  let histories = 1;
  calls: for (let index = 0; index < calm.calls.length; index += every)
    for (const fate of fates) {
      const end = await play(plan, singleFault(index, fate, endings));
      histories += 1;
      const at = calm.calls[index];
      for (const fault of end.faults)
        faults.push(
          `call ${String(index)} (${at?.actor ?? ""}: ${at?.what ?? ""}) ${fate}: ${fault}`,
        );
      if (untilFault && end.faults.length > 0) break calls;
    }
  const { delivered, failed, cancelled, never } = calm;
  return { name, points, histories, calm: { delivered, failed, cancelled, never }, faults };
}
