import { orderKey } from "../../../modules/contract";
import { randomTape } from "../trigger/support/directors";
import { configOf, SPEC } from "../trigger/support/fixtures";
import { MINUTE, ModelWorld, type Ending, type Fate } from "./model-world";

/** How a history ended. */
export interface HistoryEnd {
  readonly delivered: number;
  readonly failed: number;
  /** Orders whose only event was lost before anything was written of them. */
  readonly never: number;
  readonly escalations: number;
  readonly delayed: number;
  /** What must not be; empty. */
  readonly faults: readonly string[];
}

const ENDINGS: readonly Ending[] = ["ok", "ok", "ok", "host", "host", "try-later", "fails"];

/** Fate from a tape of numbers; past its end everything is calm. */
export function tapedFate(tape: readonly number[]): Fate {
  let position = 0;
  const draw = (count: number): number => (tape[position++] ?? 0) % count;
  return { draw, ending: () => ENDINGS[draw(ENDINGS.length)] ?? "ok" };
}

/** Plays one history: a chaotic time, then a calm one in which the reconciler alone goes on. */
export async function playHistory(tape: readonly number[], orders = 2): Promise<HistoryEnd> {
  const world = new ModelWorld(configOf(), tapedFate(tape));
  const plan = tapedFate(tape);
  const ids = Array.from({ length: orders }, (_, index) => `order-${String(index)}`);
  for (const orderId of ids)
    for (let copy = 0; copy <= plan.draw(3); copy++)
      world.after(plan.draw(10) * MINUTE, () => {
        world.trigger({ orderId });
      });
  for (let pass = 0; pass < 12; pass++) {
    world.reconcile();
    await world.pass(10 * MINUTE);
  }
  world.chaos = false;
  // Three delayed attempts take five and a quarter hours, each with its run of up to an hour.
  for (let pass = 0; pass < 90 && !settled(world, ids); pass++) {
    world.reconcile();
    await world.pass(10 * MINUTE);
  }
  return judge(world, ids);
}

const keyOf = (orderId: string): string => orderKey(orderId, { kind: "manual", orderId });

const keysOf = (world: ModelWorld, orderId: string, pattern: RegExp): string[] =>
  [...world.objects.keys()].filter(
    (key) => key.includes(keyOf(orderId)) && pattern.test(key) && key.startsWith(SPEC.partner),
  );

function settled(world: ModelWorld, ids: readonly string[]): boolean {
  return ids.every((id) => {
    const claimed = keysOf(world, id, /\/days\/.*\.claimed\.json$/u);
    return claimed.every((key) => world.objects.has(key.replace("claimed.json", "told.json")));
  });
}

function judge(world: ModelWorld, ids: readonly string[]): HistoryEnd {
  const faults: string[] = [];
  const count = { delivered: 0, failed: 0, never: 0 };
  const names = world.jobs.map(({ jobName }) => jobName);
  for (const name of new Set(names))
    if (names.filter((other) => other === name).length > 1) faults.push(`two jobs: ${name}`);
  for (const id of ids) {
    const jobs = world.jobs.filter(({ jobName }) => jobName.includes(keyOf(id)));
    if (keysOf(world, id, /\.claimed\.json$/u).length === 0) {
      count.never += 1;
      if (jobs.length > 0) faults.push(`${id}: jobs without an entry in the index`);
      continue;
    }
    const published = jobs.filter(
      ({ jobName, status }) => jobName.includes("--publish--") && status === "SUCCEEDED",
    ).length;
    const ends = world.told.filter(
      ({ orderId, kind }) => orderId === id && (kind === "delivered" || kind === "failed"),
    );
    if (published > 1) faults.push(`${id}: delivered ${String(published)} times`);
    if (ends.length !== 1)
      faults.push(`${id}: ${String(ends.length)} ends told: ${ends.map((e) => e.id).join(", ")}`);
    const kind = ends[0]?.kind;
    if ((kind === "delivered") !== (published === 1))
      faults.push(`${id}: told ${kind ?? "nothing"}, published ${String(published)} times`);
    if (kind === "failed" && ends[0]?.cause === undefined) faults.push(`${id}: failed, no reason`);
    if (kind === "delivered") count.delivered += 1;
    if (kind === "failed") count.failed += 1;
    const open = jobs.filter(({ status }) => status !== "SUCCEEDED" && status !== "FAILED");
    if (open.length > 0) faults.push(`${id}: jobs are left under way`);
  }
  return {
    ...count,
    escalations: names.filter((name) => !name.endsWith("--g1")).length,
    delayed: [...world.objects.keys()].filter((key) => key.endsWith("/retry.json")).length,
    faults,
  };
}

/** The tape of a numbered history. */
export const tapeOf = (seed: number): number[] => randomTape(seed, 4000);
