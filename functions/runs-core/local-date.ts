/** Tells the date of an instant in a time zone, `YYYY-MM-DD`. */
export function localDate(time: Date, timezone: string): string {
  const parts = dateFormat(timezone).formatToParts(time);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((candidate) => candidate.type === type)?.value ?? "";
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
}

/** Tells whether this Node knows a time zone. */
export function isTimezone(timezone: string): boolean {
  try {
    dateFormat(timezone);
    return true;
  } catch {
    return false;
  }
}

// Calendar and digits are said, so that neither a locale nor its data decides what an order is called.
function dateFormat(timezone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timezone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  FORMATS.set(timezone, format);
  return format;
}

/** Made once for each zone: to make one takes longer than everything else that is done with a spec. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();
