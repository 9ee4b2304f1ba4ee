import {
  type Announcement,
  type DeliveryExpectation,
  inEnvironment,
  type PartnerSpec,
  showCommand,
  specDigest,
} from "../../../modules/contract";
import type { ExpectationContext, ObservedOrder } from "./types";

const DAY_MS = 24 * 3600 * 1000;
/** Deliveries older than this are not judged any more. */
const JUDGED_MS = DAY_MS;
/** How far back deliveries are looked for, until there are enough for a median: a partner may have thousands a day. */
const HISTORY_DAYS = [3, 10, 31] as const;
const MEDIAN_OF = 10;
/** With fewer orders a median says nothing. */
const MEDIAN_MIN = 3;

type Totals = NonNullable<ObservedOrder["totals"]>;

/** Tells deliveries whose counts or sizes are not as expected, or fell against the median of those before; each once. */
export async function unusualDeliveries(
  context: ExpectationContext,
  spec: PartnerSpec,
  now: number,
): Promise<Announcement[]> {
  const expected = spec.expectations?.deliveries;
  if (expected === undefined) return [];
  const delivered = await deliveries(context, now);
  return delivered.flatMap((order, index) => {
    if (order.at < now - JUDGED_MS || order.at > now) return [];
    const before = delivered.slice(Math.max(index - MEDIAN_OF, 0), index);
    const faults = deliveryFaults(
      expected,
      order.totals,
      before.map(({ totals }) => totals),
    );
    return faults.length === 0 ? [] : [announcement(spec, order, faults)];
  });
}

interface Delivery extends Pick<ObservedOrder, "orderId" | "orderKey" | "attempt"> {
  readonly totals: Totals;
  readonly at: number;
}

/** The deliveries that are judged, and as many before them as a median is made of, where there are so many. */
async function deliveries(context: ExpectationContext, now: number): Promise<Delivery[]> {
  let found: Delivery[] = [];
  for (const days of HISTORY_DAYS) {
    const orders = await context.orders(new Date(now - days * DAY_MS).toISOString());
    found = orders
      .flatMap(({ deliveredAt, totals, orderId, orderKey, attempt }) =>
        deliveredAt === undefined || totals === undefined
          ? []
          : [{ orderId, orderKey, attempt, totals, at: Date.parse(deliveredAt) }],
      )
      .sort((a, b) => a.at - b.at);
    const first = found.findIndex(({ at }) => at >= now - JUDGED_MS);
    if (first < 0 || first >= MEDIAN_OF) break;
  }
  return found;
}

/** What is unusual about a delivery, in words. */
export function deliveryFaults(
  expected: DeliveryExpectation,
  totals: Totals,
  before: readonly Totals[],
): string[] {
  return (["files", "bytes"] as const).flatMap((what) => {
    const value = totals[what];
    const [min, max] =
      what === "files"
        ? [expected.minFiles, expected.maxFiles]
        : [expected.minBytes, expected.maxBytes];
    const { maxDropPercent } = expected;
    const usual = median(before.map((one) => one[what]));
    const drop = usual > 0 ? (100 * (usual - value)) / usual : 0;
    return [
      ...(min !== undefined && value < min
        ? [`${String(value)} ${what}, expected at least ${String(min)}`]
        : []),
      ...(max !== undefined && value > max
        ? [`${String(value)} ${what}, expected at most ${String(max)}`]
        : []),
      ...(maxDropPercent !== undefined && before.length >= MEDIAN_MIN && drop > maxDropPercent
        ? [
            `${String(value)} ${what}, ${String(Math.round(drop))} % less than the median ${String(usual)} of the last ${String(before.length)} orders`,
          ]
        : []),
    ];
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

function announcement(spec: PartnerSpec, order: Delivery, faults: readonly string[]): Announcement {
  const { orderId, orderKey, attempt, totals } = order;
  return {
    schemaVersion: 1,
    id: `unusual.${orderKey}.${String(attempt)}`,
    kind: "unusual",
    severity: "warn",
    partner: spec.partner,
    environment: spec.environment,
    orderId,
    orderKey,
    attempt,
    specDigest: specDigest(spec),
    cause: {
      class: "partner",
      code: "unusual-delivery",
      text: `the delivery holds ${faults.join("; ")}`,
      cure: "ask the partner whether the delivery is whole; when it is not, have it delivered again and re-run the order",
    },
    nextCommand: showCommand({ ...order, partner: spec.partner }, inEnvironment(spec.environment)),
    counts: { ...totals },
    at: new Date(order.at).toISOString(),
  };
}
