import type { Call, Director, Fault } from "./sim-types";

/** Nothing goes wrong, first come first served. */
export const CALM: Director = {
  next: () => 0,
  latency: () => 20,
  fault: () => "none",
  listingLag: () => 0,
  skew: () => 0,
  wander: () => 0,
  paused: () => false,
};

/** Calm but for single calls, told by what they are: the first that matches gets the fault, once. */
export function once(
  fault: Fault,
  matches: (call: Call) => boolean,
  rest: Partial<Director> = {},
): Director {
  let done = false;
  return {
    ...CALM,
    ...rest,
    fault: (call) => {
      if (done || !matches(call)) return "none";
      done = true;
      return fault;
    },
  };
}

/** Plays a fault at the n-th call of the simulation, counted from 0. */
export function at(index: number, fault: Fault, rest: Partial<Director> = {}): Director {
  let calls = 0;
  return { ...CALM, ...rest, fault: () => (calls++ === index ? fault : "none") };
}

/** The most that each part of the allowance of `lease.ts` may take, in this model: together below 60 s. */
export const BOUNDS = { listingLag: 38_000, wander: 15_000, skew: 3_000 } as const;

const FAULTS: readonly Fault[] = [
  "fails",
  "loses-answer",
  "wanders",
  "throttled",
  "crash-before",
  "crash-after",
];
const LATENCIES = [1, 20, 20, 150, 150, 1_500, 7_000] as const;

/**
 * Takes all decisions from a tape of numbers; past its end everything is calm. So fast-check can shrink a schedule that
 * breaks something to the few decisions that matter.
 *
 * @param faultPercent - how many of a hundred calls get a fault
 */
export function taped(tape: readonly number[], faultPercent: number, bounds = BOUNDS): Director {
  let position = 0;
  const draw = (count: number): number => (tape[position++] ?? 0) % count;
  // Zero is the calm choice everywhere, so that shrinking leads to it.
  return {
    next: (count) => draw(count),
    latency: () => LATENCIES[draw(LATENCIES.length)] ?? 1,
    fault: () => {
      const drawn = draw(100);
      if (drawn === 0 || drawn > faultPercent) return "none";
      return FAULTS[draw(FAULTS.length)] ?? "none";
    },
    listingLag: () => draw(bounds.listingLag + 1),
    skew: () => (draw(2) === 0 ? 1 : -1) * draw(bounds.skew + 1),
    wander: () => draw(bounds.wander + 1),
    paused: () => draw(2) === 1,
  };
}

/** A tape of pseudo-random numbers (mulberry32). */
export function randomTape(seed: number, length: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  });
}
