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
/** How long a stage of a slot is told again and again, which whoever tells it takes for one. */
const TOLD_MS = 26 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;
/** The longest that lies between two slots of which one is judged; a month and a bit. */
const HISTORY_MS = 35 * DAY_MS;
/** How far back slots are looked for: far only where there are not enough near. */
const HISTORIES_MS = [4 * DAY_MS, HISTORY_MS] as const;

/** A slot and the order that fills it. */
interface Slot {
  readonly at: number;
  readonly previous: number;
  /** Until when an order that becomes known is this slot's. */
  readonly end: number;
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
    open: openSlots(expectation, now),
  }));
  if (plans.every(({ open }) => open.length === 0)) return [];
  const since = Math.min(...plans.map(({ open }) => sinceOf(open, now)));
  const orders = await context.orders(new Date(since).toISOString());
  return plans.flatMap(({ expectation, open }) =>
    fill(open, orders).flatMap((slot) => [
      ...announcements(spec, expectation, slot, now),
      ...recovered(spec, expectation, slot, now),
    ]),
  );
}

/** The slots up to now of which something may be told, and the two before them, whose orders are not theirs. */
function openSlots(expectation: OrderExpectation, now: number): Slot[] {
  for (const history of HISTORIES_MS) {
    const all = slotsSince(expectation, now - history, now);
    const first = all.findIndex(({ end }) => isOpen(end, now));
    if (first >= 2) return all.slice(first - 2);
    if (history === HISTORY_MS) return first < 0 ? [] : all;
  }
  return [];
}

function slotsSince(
  { cron, timezone, errorAfterMinutes }: OrderExpectation,
  from: number,
  now: number,
): Slot[] {
  const instants = slots(cron, timezone, from, now);
  const next =
    slots(cron, timezone, now, now + 2 * DAY_MS)[0] ??
    slots(cron, timezone, now, now + HISTORY_MS)[0] ??
    Infinity;
  return instants.map((at, index) => {
    const error = at + errorAfterMinutes * MINUTE_MS;
    const until = instants[index + 1] ?? next;
    // Nobody knows of an order that came after the error whether it is late or early: it is of the slot that is nearer.
    const end = until === Infinity ? error : Math.max(error, (at + until) / 2);
    return { at, previous: instants[index - 1] ?? from, end };
  });
}

const isOpen = (end: number, now: number): boolean => end > now - TOLD_MS;

/** Since when orders matter: those of the first slot only where nothing is told of it any more. */
const sinceOf = ([first]: readonly Slot[], now: number): number =>
  first === undefined ? now : isOpen(first.end, now) ? now - HISTORY_MS : first.at;

/**
 * Each slot takes the first order that no earlier slot took and that is due after the slot before it, up to its own end:
 * an order that came late fills its own slot, and not the next one too.
 */
function fill(open: readonly Slot[], orders: readonly ObservedOrder[]): Slot[] {
  const left = orders
    .map((order) => ({ order, at: Date.parse(order.dueAt) }))
    .sort((a, b) => a.at - b.at);
  return open.map((slot) => {
    const taken = left.findIndex(({ at }) => at > slot.previous && at <= slot.end);
    const [order] = taken < 0 ? [] : left.splice(taken, 1);
    return { ...slot, order: order?.order };
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
      .filter(([, minutes]) => isNow(at + minutes * MINUTE_MS, now))
      .map(([severity, minutes]) => announcement(spec, expectation, at, order, severity, minutes))
  );
}

const isNow = (at: number, now: number): boolean => now > at && now <= at + TOLD_MS;

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
  now: number,
): Announcement[] {
  const { name, timezone, until, warnAfterMinutes } = expectation;
  const done = doneAt(expectation, order);
  if (order === undefined || done === undefined) return [];
  if (now > Date.parse(done) + TOLD_MS) return [];
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
