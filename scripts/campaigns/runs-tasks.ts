import { playNumbered } from "../../__tests__/functions/model/history";
import { hunt, type Hunted } from "../../__tests__/functions/model/hunt";
import { MUTANTS } from "../../__tests__/functions/model/mutants";
import { SCENARIOS, sweep, type Swept } from "../../__tests__/functions/model/sweep";

/** A part of the campaign of runs that needs no other part. */
export type Task =
  | { readonly kind: "histories"; readonly from: number; readonly to: number }
  | { readonly kind: "sweep"; readonly scenario: number }
  | { readonly kind: "hunt"; readonly mutant: number; readonly histories: number };

/** What a number of histories came to. */
export interface PlayedHistories {
  readonly histories: number;
  readonly ends: Readonly<Record<"delivered" | "failed" | "cancelled" | "never", number>>;
  /** What was met, in how many histories, and how often. */
  readonly met: readonly (readonly [string, number, number])[];
  readonly faults: readonly string[];
}

/** What a task came to. */
export type TaskResult =
  | ({ readonly kind: "histories" } & PlayedHistories)
  | { readonly kind: "sweep"; readonly swept: Swept }
  | { readonly kind: "hunt"; readonly hunted: Hunted };

/** Orders of each history. */
export const ORDERS = 2;

/** Does a task. */
export async function doTask(task: Task): Promise<TaskResult> {
  switch (task.kind) {
    case "histories":
      return { kind: "histories", ...(await histories(task.from, task.to)) };
    case "sweep": {
      const scenario = SCENARIOS[task.scenario];
      if (scenario === undefined) throw new Error(`there is no scenario ${String(task.scenario)}`);
      return { kind: "sweep", swept: await sweep(scenario) };
    }
    case "hunt": {
      const mutant = MUTANTS[task.mutant];
      if (mutant === undefined) throw new Error(`there is no mutant ${String(task.mutant)}`);
      return { kind: "hunt", hunted: await hunt(mutant, task.histories) };
    }
  }
}

async function histories(from: number, to: number): Promise<PlayedHistories> {
  const ends = { delivered: 0, failed: 0, cancelled: 0, never: 0 };
  const met = new Map<string, [number, number]>();
  const faults: string[] = [];
  for (let seed = from; seed <= to; seed += 1) {
    const end = await playNumbered(seed, ORDERS);
    for (const kind of ["delivered", "failed", "cancelled", "never"] as const)
      ends[kind] += end[kind];
    for (const [what, times] of end.met) {
      const [inHistories, all] = met.get(what) ?? [0, 0];
      met.set(what, [inHistories + 1, all + times]);
    }
    faults.push(...end.faults.map((fault) => `history ${String(seed)}: ${fault}`));
  }
  const rows = [...met].map(([what, [inHistories, all]]) => [what, inHistories, all] as const);
  return { histories: to - from + 1, ends, met: rows, faults };
}
