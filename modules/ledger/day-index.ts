import type { DayFact, RunRef } from "../contract";
import { parseKey } from "./keys";
import { allKeys, type LedgerReader } from "./reader";

/** A run as the index of its day tells it. */
export interface DayRun extends RunRef {
  /** UTC day of the claim. */
  readonly day: string;
  /** The word of the index; of several, the one that is furthest: delivered, then cancelled, failed, claimed. */
  readonly fact: Exclude<DayFact, "told">;
  /** True when its end was announced. */
  readonly told: boolean;
}

const FURTHEST: readonly DayRun["fact"][] = ["claimed", "failed", "cancelled", "delivered"];

/** Key prefix of a day of the index. */
export const dayPrefix = (partner: string, day: string): string => `${partner}/days/${day}/`;

/** UTC day of an instant. */
export const dayOf = (instant: number | string): string =>
  new Date(instant).toISOString().slice(0, 10);

const DAY_MS = 24 * 3600 * 1000;

/** The UTC days from one instant to another, oldest first, both included. */
export function daysBetween(from: number, to: number): string[] {
  const days: string[] = [];
  const last = dayOf(to);
  for (let at = Date.parse(dayOf(from)); dayOf(at) <= last; at += DAY_MS) days.push(dayOf(at));
  return days;
}

/** Lists the runs that were claimed on a day: by keys alone, one request for a thousand entries. */
export async function runsOfDay(
  reader: LedgerReader,
  partner: string,
  day: string,
): Promise<DayRun[]> {
  const runs = new Map<string, DayRun>();
  for (const key of await allKeys(reader, dayPrefix(partner, day))) {
    const parsed = parseKey(key);
    if (parsed?.kind !== "day") continue;
    const id = `${parsed.run.orderKey}.${String(parsed.run.attempt)}`;
    const known = runs.get(id) ?? { ...parsed.run, day, fact: "claimed", told: false };
    if (parsed.fact === "told") runs.set(id, { ...known, told: true });
    else if (FURTHEST.indexOf(known.fact) <= FURTHEST.indexOf(parsed.fact))
      runs.set(id, { ...known, fact: parsed.fact });
  }
  return [...runs.values()];
}

/** Lists the runs of several days, in the order of the days. */
export async function runsOfDays(
  reader: LedgerReader,
  partner: string,
  days: readonly string[],
): Promise<DayRun[]> {
  const runs: DayRun[] = [];
  for (const day of days) runs.push(...(await runsOfDay(reader, partner, day)));
  return runs;
}
