/** A field of a cron expression. */
interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, the first of `min`. */
  readonly names?: readonly string[];
  /** Forms beyond numbers, ranges and steps. */
  readonly special?: RegExp;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
const FIELDS: readonly Field[] = [
  { name: "minutes", min: 0, max: 59 },
  { name: "hours", min: 0, max: 23 },
  {
    name: "day-of-month",
    min: 1,
    max: 31,
    special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/u,
  },
  { name: "month", min: 1, max: 12, names: MONTHS },
  {
    name: "day-of-week",
    min: 1,
    max: 7,
    names: DAYS,
    special: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/u,
  },
  { name: "year", min: 1970, max: 2199 },
];

/**
 * Says what is wrong with a schedule expression of EventBridge Scheduler, or `undefined`.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function cronFault(expression: string): string | undefined {
  const rate = /^rate\((\d+) (minutes?|hours?|days?)\)$/u.exec(expression);
  if (rate) return Number(rate[1]) > 0 ? undefined : "must have a rate above 0";
  const cron = /^cron\((.*)\)$/u.exec(expression);
  if (!cron)
    return "must be cron(minutes hours day-of-month month day-of-week year) or rate(value unit)";
  const texts = (cron[1] ?? "").trim().split(/\s+/u);
  if (texts.length !== FIELDS.length)
    return `must have six fields in cron(...): ${FIELDS.map(({ name }) => name).join(" ")}; it has ${String(texts.length)}`;
  for (const [index, field] of FIELDS.entries()) {
    const wrong = fieldFault(field, texts[index] ?? "");
    if (wrong !== undefined) return wrong;
  }
  return (texts[2] === "?") === (texts[4] === "?")
    ? `must have "?" in exactly one of day-of-month and day-of-week`
    : undefined;
}

function fieldFault(field: Field, text: string): string | undefined {
  if (field.special?.test(text) === true) return undefined;
  const wrong = text.split(",").find((part) => !isPart(field, part));
  if (wrong === undefined) return undefined;
  const names = field.names ? ` or ${field.names[0] ?? ""}-${field.names.at(-1) ?? ""}` : "";
  return `must have ${field.name} from ${String(field.min)}-${String(field.max)}${names}, not ${JSON.stringify(wrong)}`;
}

/** `*`, a value, a range; each with a step. */
function isPart(field: Field, part: string): boolean {
  const [range = "", step, ...rest] = part.split("/");
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d{0,3}$/u.test(step))) return false;
  if (range === "*") return true;
  const ends = range.split("-").map((text) => valueOf(field, text));
  return ends.length <= 2 && ends.every((value) => value !== undefined);
}

function valueOf({ min, max, names }: Field, text: string): number | undefined {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + min : /^\d{1,4}$/u.test(text) ? Number(text) : NaN;
  return value >= min && value <= max ? value : undefined;
}
