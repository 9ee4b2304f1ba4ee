/** A time as a calendar and a clock in some time zone show it. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const DAY_MS = 24 * 3600 * 1000;

/** What the clocks of a time zone show at an instant. */
export function localTime(instant: number, timezone: string): LocalTime {
  const parts = formatOf(timezone).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((candidate) => candidate.type === type)?.value);
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
  };
}

/**
 * The instant at which the clocks of a time zone show a time: the first one where they show it twice. A time that they
 * skip is told with the offset from before the change, so that it lies just after it.
 */
export function instantOf(local: LocalTime, timezone: string): number {
  const asUtc = utc(local);
  const before = asUtc - offset(asUtc - DAY_MS, timezone);
  const after = asUtc - offset(asUtc + DAY_MS, timezone);
  const shown = [before, after]
    .filter((instant) => utc(localTime(instant, timezone)) === asUtc)
    .sort((a, b) => a - b);
  return shown[0] ?? before;
}

/** Milliseconds that local time is ahead of UTC. */
function offset(instant: number, timezone: string): number {
  const minute = Math.floor(instant / 60_000) * 60_000;
  return utc(localTime(minute, timezone)) - minute;
}

const utc = ({ year, month, day, hour, minute }: LocalTime): number =>
  Date.UTC(year, month - 1, day, hour, minute);

const formats = new Map<string, Intl.DateTimeFormat>();

/** Calendar and digits are said, so that no locale decides. Making one is slow. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timezone) ??
    new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
  formats.set(timezone, format);
  return format;
}
