import {
  type Announcement,
  inEnvironment,
  listCommand,
  type OrderExpectation,
  type PartnerSpec,
  showCommand,
  slots,
  specDigest,
} from "../../../modules/contract";
import type { ExpectationContext, ObservedOrder } from "./types";

const MINUTE_MS = 60_000;
/** Slots further back than this are not told any more: they were, every five minutes since. */
const LOOK_BACK_MS = 26 * 3600 * 1000;
/** The longest that lies between two slots of which one is judged; a month and a bit. */
const HISTORY_MS = 35 * 24 * 3600 * 1000;

/** A slot and the order that fills it. */
interface Slot {
  readonly at: number;
  readonly previous: number;
  readonly order?: ObservedOrder | undefined;
}

/**
 * Tells the expected orders that are not there in time: a warning, then an error, and that the order came after all, each
 * once for a slot.
 */
export async function lateOrders(
  context: ExpectationContext,
  spec: PartnerSpec,
  now: number,
): Promise<Announcement[]> {
  const expected = spec.expectations?.orders ?? [];
  if (expected.length === 0) return [];
  const plans = expected.map((expectation) => ({
    expectation,
    instants: slots(expectation.cron, expectation.timezone, now - HISTORY_MS, now),
  }));
  const since = Math.min(
    ...plans.map(({ instants }) => {
      const first = instants.findIndex((at) => at > now - LOOK_BACK_MS);
      return instants[Math.max(first - 2, 0)] ?? now;
    }),
  );
  const orders = await context.orders(new Date(Math.min(since, now)).toISOString());
  return plans.flatMap(({ expectation, instants }) =>
    fill(expectation, instants, orders)
      .filter(({ at }) => at > now - LOOK_BACK_MS)
      .flatMap((slot) => [
        ...announcements(spec, expectation, slot, now),
        ...recovered(spec, expectation, slot),
      ]),
  );
}

/**
 * Each slot takes the first order that no earlier slot took and that became known after the slot before it, up to when it
 * would be an error: an order that came late fills its own slot, and not the next one too.
 */
export function fill(
  expectation: OrderExpectation,
  instants: readonly number[],
  orders: readonly ObservedOrder[],
): Slot[] {
  const open = orders
    .map((order) => ({ order, at: Date.parse(order.claimedAt) }))
    .sort((a, b) => a.at - b.at);
  return instants.map((at, index) => {
    const previous = instants[index - 1] ?? -Infinity;
    const end = at + expectation.errorAfterMinutes * MINUTE_MS;
    const taken = open.findIndex((one) => one.at > previous && one.at <= end);
    const [order] = taken < 0 ? [] : open.splice(taken, 1);
    return { at, previous, order: order?.order };
  });
}

function announcements(
  spec: PartnerSpec,
  expectation: OrderExpectation,
  { at, order }: Slot,
  now: number,
): Announcement[] {
  if (doneAt(expectation, order) !== undefined) return [];
  return (
    (
      [
        ["warn", expectation.warnAfterMinutes],
        ["error", expectation.errorAfterMinutes],
      ] as const
    )
      // What came after the limit was late, and was told then; what is not there now is told now.
      .filter(([, minutes]) => now > at + minutes * MINUTE_MS)
      .map(([severity, minutes]) => announcement(spec, expectation, at, order, severity, minutes))
  );
}

/** When what is expected of an order was there. */
const doneAt = (
  { until }: OrderExpectation,
  order: ObservedOrder | undefined,
): string | undefined => (until === "arrived" ? order?.claimedAt : order?.deliveredAt);

/** Tells that an order is there whose slot was warned of. */
function recovered(
  spec: PartnerSpec,
  expectation: OrderExpectation,
  { at, order }: Slot,
): Announcement[] {
  const { name, timezone, until, warnAfterMinutes } = expectation;
  const done = doneAt(expectation, order);
  if (order === undefined || done === undefined) return [];
  if (Date.parse(done) <= at + warnAfterMinutes * MINUTE_MS) return [];
  const slot = new Date(at).toISOString();
  return [
    {
      schemaVersion: 1,
      id: `late.${name}.${idPart(slot)}.recovered`,
      kind: "recovered",
      severity: "info",
      partner: spec.partner,
      environment: spec.environment,
      orderId: order.orderId,
      orderKey: order.orderKey,
      attempt: order.attempt,
      specDigest: specDigest(spec),
      cause: {
        class: "partner",
        code: "came-late",
        text: `the order ${JSON.stringify(name)} was expected to be ${until} by ${slot} (${timezone}), and was at ${done}`,
        cure: "nothing; the warning is over",
      },
      at: done,
    },
  ];
}

/** An instant as a part of an id. */
const idPart = (instant: string): string => instant.replace(/[^0-9TZ]/gu, "");

function announcement(
  spec: PartnerSpec,
  { name, timezone, until }: OrderExpectation,
  at: number,
  order: ObservedOrder | undefined,
  severity: "warn" | "error",
  minutes: number,
): Announcement {
  const slot = new Date(at).toISOString();
  const known =
    order === undefined
      ? "no order became known"
      : `order ${JSON.stringify(order.orderId)} is not delivered`;
  return {
    schemaVersion: 1,
    id: `late.${name}.${idPart(slot)}.${severity}`,
    kind: "late",
    severity,
    partner: spec.partner,
    environment: spec.environment,
    ...(order === undefined
      ? {}
      : { orderId: order.orderId, orderKey: order.orderKey, attempt: order.attempt }),
    specDigest: specDigest(spec),
    cause: {
      class: "partner",
      code: order === undefined ? "not-arrived" : "not-delivered",
      text: `the order ${JSON.stringify(name)} was expected to be ${until} by ${slot} (${timezone}); ${String(minutes)} minutes later ${known}`,
      cure:
        order === undefined
          ? "ask the partner whether there is a delivery today, then hand its order in"
          : "look where the order is",
    },
    nextCommand:
      order === undefined
        ? listCommand(spec.partner, slot.slice(0, 10), inEnvironment(spec.environment))
        : showCommand({ ...order, partner: spec.partner }, inEnvironment(spec.environment)),
    at: new Date(at + minutes * MINUTE_MS).toISOString(),
  };
}
