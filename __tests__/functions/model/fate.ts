/** How an attempt of a job ends. */
export type Ending =
  /** The work is done. */
  | "ok"
  /** The machine is taken away without a word. */
  | "host"
  /** The machine is taken away; the worker has saved its work and says so. */
  | "notice"
  /** The machine is taken away before the worker listens: the signal ends it. */
  | "early-notice"
  /** An AWS call of the worker failed after its own tries. */
  | "transient"
  /** There is no machine; the queue's time limit ends the job. */
  | "no-capacity"
  /** The partner's server is down. */
  | "try-later"
  /** The partner's program makes no progress. */
  | "no-progress"
  /** The partner's program fails. */
  | "fails";

/** What becomes of one call of a function. */
export type CallFate = "served" | "fails" | "loses-answer" | "crash-before" | "crash-after";

/** Takes the decisions of a history. */
export interface Fate {
  /** Below `count`; 0 is the calm choice everywhere. */
  draw(count: number): number;
  /** How an attempt of a step ends. */
  ending(step: string): Ending;
  /** What becomes of the n-th call of the history, counted from 0. */
  call(index: number, what: string): CallFate;
}

const ENDINGS: readonly Ending[] = [
  ...Array.from({ length: 12 }, () => "ok" as const),
  "host",
  "notice",
  "host",
  "early-notice",
  "transient",
  "no-capacity",
  "try-later",
  "no-progress",
  "fails",
];
const CALLS: readonly CallFate[] = [
  "served",
  "fails",
  "loses-answer",
  "crash-before",
  "crash-after",
];

/** Fate from a tape of numbers; past its end everything is calm. */
export function tapedFate(tape: readonly number[]): Fate {
  let position = 0;
  const draw = (count: number): number => (tape[position++] ?? 0) % count;
  return {
    draw,
    ending: () => ENDINGS[draw(ENDINGS.length)] ?? "ok",
    call: () => CALLS[draw(24)] ?? "served",
  };
}

/** All is calm but one call; attempts end as they are listed for their step, then well. */
export function singleFault(
  index: number,
  fate: CallFate,
  endings: Readonly<Record<string, readonly Ending[]>> = {},
): Fate {
  const left = new Map(Object.entries(endings).map(([name, list]) => [name, [...list]]));
  return {
    // On-demand machines are lost, too, where the list says so.
    draw: (count) => (count === 5 ? 1 : 0),
    ending: (step) => left.get(step)?.shift() ?? "ok",
    call: (at) => (at === index ? fate : "served"),
  };
}
