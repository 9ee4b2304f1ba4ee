import { type Hunted } from "../../__tests__/functions/model/hunt";
import { MUTANTS } from "../../__tests__/functions/model/mutants";
import { SCENARIOS, type Swept } from "../../__tests__/functions/model/sweep";
import { doTasks } from "./runs-pool";
import { ORDERS, type PlayedHistories, type Task } from "./runs-tasks";

/** How much of the campaign is played. */
export interface RunsOptions {
  readonly runs: number;
  readonly from: number;
  /** Histories that may be played to find a fault; 0 leaves this part out. */
  readonly hunt: number;
  /** Processes side by side. */
  readonly workers: number;
}

/** What the campaign came to. */
export interface RunsResult {
  readonly histories: number;
  readonly orders: number;
  readonly ends: PlayedHistories["ends"];
  /** By what can be met: how many histories met it, and how often in all. */
  readonly met: ReadonlyMap<string, { readonly histories: number; readonly times: number }>;
  readonly swept: readonly Swept[];
  readonly hunted: readonly Hunted[];
  readonly faults: readonly string[];
}

/** Histories of one task. */
const CHUNK = 100;

function tasksOf({ from, runs, hunt }: RunsOptions): Task[] {
  const tasks: Task[] = [];
  for (let first = from; first < from + runs; first += CHUNK)
    tasks.push({ kind: "histories", from: first, to: Math.min(first + CHUNK, from + runs) - 1 });
  tasks.push(...SCENARIOS.map((_, scenario): Task => ({ kind: "sweep", scenario })));
  if (hunt > 0)
    tasks.push(...MUTANTS.map((_, mutant): Task => ({ kind: "hunt", mutant, histories: hunt })));
  return tasks;
}

/** Plays the whole campaign of runs. */
export async function playCampaign(
  options: RunsOptions,
  tell: (line: string) => void,
): Promise<RunsResult> {
  const ends = { delivered: 0, failed: 0, cancelled: 0, never: 0 };
  const met = new Map<string, { histories: number; times: number }>();
  const swept: Swept[] = [];
  const hunted: Hunted[] = [];
  const faults: string[] = [];
  let histories = 0;
  const fault = (text: string): void => {
    faults.push(text);
    tell(text);
  };
  await doTasks(tasksOf(options), options.workers, (result) => {
    switch (result.kind) {
      case "histories":
        histories += result.histories;
        for (const kind of ["delivered", "failed", "cancelled", "never"] as const)
          ends[kind] += result.ends[kind];
        for (const [what, inHistories, times] of result.met) {
          const known = met.get(what) ?? { histories: 0, times: 0 };
          met.set(what, { histories: known.histories + inHistories, times: known.times + times });
        }
        result.faults.forEach(fault);
        if (histories % 500 === 0)
          tell(`${String(histories)} histories, ${String(faults.length)} faults`);
        break;
      case "sweep":
        swept.push(result.swept);
        tell(`${result.swept.name}: ${String(result.swept.histories)} histories`);
        for (const text of result.swept.faults) fault(`${result.swept.name}: ${text}`);
        break;
      case "hunt":
        hunted.push(result.hunted);
        tell(
          `${result.hunted.name}: ${result.hunted.caughtBy === undefined ? "not found" : "found"}`,
        );
    }
  });
  const sorted = <T extends { readonly name: string }>(
    all: T[],
    names: readonly T["name"][],
  ): T[] => all.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  return {
    histories,
    orders: histories * ORDERS,
    ends,
    met,
    swept: sorted(
      swept,
      SCENARIOS.map(({ name }) => name),
    ),
    hunted: sorted(
      hunted,
      MUTANTS.map(({ name }) => name),
    ),
    faults,
  };
}
