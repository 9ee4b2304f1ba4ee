import { z } from "zod";
import { cronFault } from "./cron";
import type { Fault } from "./fault";

const minutes = z.number().int().min(0).max(1440);
const count = z.number().int().min(0);

/** Schema of `expectations` of a partner file. */
export const expectationsSchema = z.strictObject({
  /** Orders that are expected by a time, by name. @default {} */
  orders: z
    .record(
      z.string(),
      z.strictObject({
        /** `cron(minutes hours day month weekday year)`: the times by which an order is there. */
        by: z.string(),
        /** IANA time zone of `by`, e.g. `Asia/Seoul`. */
        timezone: z.string(),
        /** A warning so many minutes later. @default 0 */
        warnAfterMinutes: minutes.default(0),
        /** An error so many minutes later. @default 60 */
        errorAfterMinutes: minutes.default(60),
        /** Whether the order must be known by then, or published. @default "delivered" */
        until: z.enum(["arrived", "delivered"]).default("delivered"),
      }),
    )
    .default({}),
  /** What every delivery holds; others are told as unusual. */
  deliveries: z
    .strictObject({
      minFiles: count.optional(),
      maxFiles: count.optional(),
      minBytes: count.optional(),
      maxBytes: count.optional(),
      /** Fewer files or bytes than the median of the last ten orders by more than so many percent. */
      maxDropPercent: z.number().min(1).max(100).optional(),
    })
    .optional(),
});

/** Expectations of a partner, with every default filled in. */
export type Expectations = z.output<typeof expectationsSchema>;

/** What is wrong with the expectations beyond the form of their values. */
export function expectationFaults(expectations: Expectations | undefined): Fault[] {
  if (expectations === undefined) return [];
  const { orders, deliveries = {} } = expectations;
  return [
    ...Object.entries(orders).flatMap(([name, order]) =>
      orderFaults(name, order).map((fault) => ({
        ...fault,
        path: ["orders", name, ...fault.path],
      })),
    ),
    ...(["Files", "Bytes"] as const).flatMap((what) => {
      const [min, max] = [deliveries[`min${what}`], deliveries[`max${what}`]];
      return min !== undefined && max !== undefined && min > max
        ? [
            {
              path: ["deliveries", `max${what}`],
              message: `must be at least min${what}, ${String(min)}`,
            },
          ]
        : [];
    }),
  ].map((fault) => ({ ...fault, path: ["expectations", ...fault.path] }));
}

function orderFaults(name: string, order: Expectations["orders"][string]): Fault[] {
  const faults: Fault[] = [];
  if (!/^[a-z][A-Za-z0-9]{0,19}$/u.test(name))
    faults.push({
      path: [],
      message: "must have a name of at most 20 letters and digits, beginning with a small letter",
      hideValue: true,
    });
  const cron = order.by.startsWith("rate(")
    ? "must be cron(...): a rate tells no time of day"
    : (cronFault(order.by) ??
      (/[LW#]/u.test(order.by.replace(/[A-Z]{3}/gu, "")) ? "must not use L, W or #" : undefined));
  if (cron !== undefined) faults.push({ path: ["by"], message: cron });
  if (!isTimeZone(order.timezone))
    faults.push({ path: ["timezone"], message: "must be an IANA time zone, e.g. Asia/Seoul" });
  if (order.errorAfterMinutes < order.warnAfterMinutes)
    faults.push({
      path: ["errorAfterMinutes"],
      message: `must be at least warnAfterMinutes, ${String(order.warnAfterMinutes)}`,
    });
  return faults;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^(UTC|[A-Za-z_]+\/.+)$/u.test(name);
  } catch {
    return false;
  }
}
