import { randomTape } from "../trigger/support/directors";
import { tapedFate, type Fate } from "./fate";
import { judge, keyOf, type Verdict } from "./judge";
import { hasEnded, MINUTE } from "./model-batch";
import { ModelWorld } from "./model-world";
import { drawnPlan, type Plan } from "./plan";

/** How a history ended. */
export interface HistoryEnd extends Verdict {
  /** How often each thing happened. */
  readonly met: ReadonlyMap<string, number>;
  /** Every call of every function, in order. */
  readonly calls: ModelWorld["calls"];
  readonly world: ModelWorld;
}

const PASS = 10 * MINUTE;
/** The wild time, and the longest that the calm one may take: three delayed attempts wait five and a quarter hours. */
const WILD_PASSES = 14;
const CALM_PASSES = 600;

/** Plays a numbered history: its plan and its fate follow from the number. */
export const playNumbered = (seed: number, orders = 2): Promise<HistoryEnd> =>
  playTape(tapeOf(seed), orders);

/** Plays the history of a tape. */
export async function playTape(tape: readonly number[], orders = 2): Promise<HistoryEnd> {
  const outside = tapedFate(tape);
  const plan = drawnPlan((count) => outside.draw(count), orders);
  return play(plan, tapedFate(tape.slice(50)));
}

/** Plays one history: a wild time, then a calm one in which the reconciler alone goes on. */
export async function play(plan: Plan, fate: Fate): Promise<HistoryEnd> {
  const world = new ModelWorld(plan, fate);
  const ids = plan.events.map((_, index) => `order-${String(index)}`);
  const id = (order: number): string => ids[order] ?? "order-0";
  for (const [order, copies] of plan.events.entries()) {
    if (copies.length > 1) world.note("order's event that comes several times");
    for (const at of copies)
      world.after(at * MINUTE, () => {
        world.trigger({ orderId: id(order) });
      });
  }
  for (const { at, order, from } of plan.reruns)
    world.after(at * MINUTE, () => {
      world.rerun(keyOf(id(order)), from);
    });
  for (const { from, to } of plan.pauses ?? []) {
    world.after(from * MINUTE, () => {
      world.pause("paused");
    });
    world.after(to * MINUTE, () => {
      world.pause("resumed");
    });
  }
  for (const { at, order } of plan.cancels)
    world.after(at * MINUTE, () => {
      world.cancel(keyOf(id(order)));
    });
  for (let pass = 0; pass < WILD_PASSES; pass++) await onePass(world);
  world.chaos = false;
  for (let pass = 0; pass < CALM_PASSES && !settled(world); pass++) await onePass(world);
  // What is still under way must come to nothing.
  await onePass(world);
  return { ...judge(world, ids), met: world.met, calls: world.calls, world };
}

async function onePass(world: ModelWorld): Promise<void> {
  world.reconcile();
  // A schedule fires at least once.
  if (world.draw(4) === 1) {
    world.note("reconciler that is started twice");
    world.reconcile();
  }
  await world.pass(PASS);
}

/** Whether every run is told and nothing comes any more. */
function settled(world: ModelWorld): boolean {
  const keys = [...world.objects.keys()];
  const minute = (world.now - world.begin) / MINUTE;
  const { reruns, cancels, pauses = [] } = world.plan;
  return (
    [...reruns, ...cancels, ...pauses.map(({ to }) => ({ at: to }))].every(
      ({ at }) => at < minute,
    ) &&
    world.batch.jobs.every(hasEnded) &&
    keys
      .filter((key) => key.endsWith(".claimed.json"))
      .every((key) => world.objects.has(key.replace("claimed.json", "told.json")))
  );
}

/** The tape of a numbered history. */
export const tapeOf = (seed: number): number[] => randomTape(seed, 12_000);
