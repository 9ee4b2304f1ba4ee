import { playNumbered } from "../../__tests__/functions/model/history";
import { hunt, type Hunted } from "../../__tests__/functions/model/hunt";
import { MUTANTS } from "../../__tests__/functions/model/mutants";
import { SCENARIOS, sweep, type Swept } from "../../__tests__/functions/model/sweep";

/** How much of the campaign is played. */
export interface RunsOptions {
  readonly runs: number;
  readonly from: number;
  /** Histories that may be played to find a fault; 0 leaves this part out. */
  readonly hunt: number;
}

/** What the campaign came to. */
export interface RunsResult {
  readonly histories: number;
  readonly orders: number;
  readonly ends: Readonly<Record<"delivered" | "failed" | "cancelled" | "never", number>>;
  /** By what can be met: how many histories met it, and how often in all. */
  readonly met: ReadonlyMap<string, { readonly histories: number; readonly times: number }>;
  readonly swept: readonly Swept[];
  readonly hunted: readonly Hunted[];
  readonly faults: readonly string[];
}

const ORDERS = 2;

/** Plays the whole campaign of runs. */
export async function playCampaign(
  options: RunsOptions,
  tell: (line: string) => void,
): Promise<RunsResult> {
  const ends = { delivered: 0, failed: 0, cancelled: 0, never: 0 };
  const met = new Map<string, { histories: number; times: number }>();
  const faults: string[] = [];
  for (let seed = options.from; seed < options.from + options.runs; seed += 1) {
    const end = await playNumbered(seed, ORDERS);
    for (const kind of ["delivered", "failed", "cancelled", "never"] as const)
      ends[kind] += end[kind];
    for (const [what, times] of end.met) {
      const known = met.get(what) ?? { histories: 0, times: 0 };
      met.set(what, { histories: known.histories + 1, times: known.times + times });
    }
    for (const fault of end.faults) {
      faults.push(`history ${String(seed)}: ${fault}`);
      tell(faults.at(-1) ?? "");
    }
    const done = seed - options.from + 1;
    if (done % 500 === 0) tell(`${String(done)} histories, ${String(faults.length)} faults`);
  }
  const swept: Swept[] = [];
  for (const scenario of SCENARIOS) {
    const result = await sweep(scenario);
    tell(`${scenario.name}: ${String(result.histories)} histories`);
    faults.push(...result.faults.map((fault) => `${scenario.name}: ${fault}`));
    swept.push(result);
  }
  const hunted: Hunted[] = [];
  for (const mutant of options.hunt === 0 ? [] : MUTANTS) {
    const result = await hunt(mutant, options.hunt);
    tell(`${mutant.name}: ${result.caughtBy === undefined ? "not found" : "found"}`);
    hunted.push(result);
  }
  return {
    histories: options.runs,
    orders: options.runs * ORDERS,
    ends,
    met,
    swept,
    hunted,
    faults,
  };
}
