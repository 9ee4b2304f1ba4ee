import { Cron } from "croner";

/**
 * Says what is wrong with a schedule expression of EventBridge Scheduler, or `undefined`.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function cronFault(expression: string): string | undefined {
  const rate = /^rate\((\d+) (minute|minutes|hour|hours|day|days)\)$/u.exec(expression);
  if (rate) return Number(rate[1]) > 0 ? undefined : "must have a rate above 0";
  const cron = /^cron\((.*)\)$/u.exec(expression);
  if (!cron)
    return "must be cron(minutes hours day-of-month month day-of-week year) or rate(value unit)";
  const fields = (cron[1] ?? "").trim().split(/\s+/u);
  if (fields.length !== 6)
    return `must have six fields in cron(...): minutes hours day-of-month month day-of-week year; it has ${String(fields.length)}`;
  return fieldsFault(fields as Fields);
}

type Fields = [
  minute: string,
  hour: string,
  dayOfMonth: string,
  month: string,
  dayOfWeek: string,
  year: string,
];

function fieldsFault([minute, hour, dayOfMonth, month, dayOfWeek, year]: Fields):
  string | undefined {
  if ((dayOfMonth === "?") === (dayOfWeek === "?"))
    return `must have "?" in exactly one of day-of-month and day-of-week`;
  if (!/^(\*|[\d,\-*/]+)$/u.test(year)) return "must have a year, or * in the last field";
  if (/(^|[^#\d])(0|[89]|\d{2,})($|[^\d])/u.test(dayOfWeek.replace(/#\d/gu, "")))
    return "must have days of the week from 1 (Sunday) to 7, or SUN to SAT";
  // Days are counted from 1 in AWS, from 0 elsewhere.
  const day = dayOfWeek.replace(/\d+/gu, (digits) => String(Number(digits) - 1));
  try {
    new Cron([minute, hour, plain(dayOfMonth), month, plain(day)].join(" "), {
      paused: true,
    }).stop();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `must be a valid cron expression: ${reason.replace(/^CronPattern: /u, "").replace(/^[A-Z]/u, (c) => c.toLowerCase())}`;
  }
}

/** AWS's own letters L, W and # are kept out of the common check. */
function plain(field: string): string {
  return field === "?" || /[LW#]/u.test(field.replace(/WED/gu, "")) ? "*" : field;
}
