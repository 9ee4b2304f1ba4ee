import { instantOf, localTime } from "./zoned";

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const DAY_MS = 24 * 3600 * 1000;

interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 1 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
}

/**
 * The instants of a cron expression of EventBridge Scheduler (without L, W and #) in a time zone, later than `from` and not
 * later than `to`, sorted. Each day has each time once, also when the clocks change.
 */
export function slots(cron: string, timezone: string, from: number, to: number): number[] {
  const fields = parseCron(cron);
  const found = new Set<number>();
  // Dates are counted, not hours: a local day may have 23 or 25 of them. A local day lies within a day and a half around
  // the same date in UTC.
  const first = localTime(from - 2 * DAY_MS, timezone);
  let day = Date.UTC(first.year, first.month - 1, first.day);
  for (; day <= to + 2 * DAY_MS; day += DAY_MS) {
    const at = new Date(day);
    const [year, month, date] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()];
    const weekday = at.getUTCDay() + 1;
    if (
      !fields.years.has(year) ||
      !fields.months.has(month) ||
      !fields.days.has(date) ||
      !fields.weekdays.has(weekday)
    )
      continue;
    for (const hour of fields.hours)
      for (const minute of fields.minutes) {
        const instant = instantOf({ year, month, day: date, hour, minute }, timezone);
        if (instant > from && instant <= to) found.add(instant);
      }
  }
  return [...found].sort((a, b) => a - b);
}

function parseCron(cron: string): Cron {
  const texts = (/^cron\((.*)\)$/u.exec(cron)?.[1] ?? "").trim().split(/\s+/u);
  const field = (index: number, min: number, max: number, names: readonly string[] = []) =>
    values(texts[index] ?? "", min, max, names);
  return {
    minutes: field(0, 0, 59),
    hours: field(1, 0, 23),
    days: field(2, 1, 31),
    months: field(3, 1, 12, MONTHS),
    weekdays: field(4, 1, 7, DAYS),
    years: field(5, 1970, 2199),
  };
}

function values(text: string, min: number, max: number, names: readonly string[]): Set<number> {
  const all = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", stepText] = part.split("/");
    const step = stepText === undefined ? 1 : Number(stepText);
    const [first, last] = ends(range, min, max, names, stepText !== undefined);
    for (let value = first; value <= last; value += step) all.add(value);
  }
  return all;
}

/** `*` and `?` are all; a number with a step goes on to the end. */
function ends(
  range: string,
  min: number,
  max: number,
  names: readonly string[],
  stepped: boolean,
): [number, number] {
  if (range === "*" || range === "?") return [min, max];
  const [first = NaN, last] = range.split("-").map((text) => {
    const named = names.indexOf(text.toUpperCase());
    return named >= 0 ? named + min : Number(text);
  });
  return [first, last ?? (stepped ? max : first)];
}
