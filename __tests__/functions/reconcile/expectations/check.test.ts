import {
  checkExpectations,
  type ObservedOrder,
} from "../../../../functions/reconcile/expectations";
import type { Announcement, ExpectationsSpec, PartnerSpec } from "../../../../modules/contract";

const DAILY: ExpectationsSpec = {
  orders: [
    {
      name: "daily",
      cron: "cron(0 9 * * ? *)",
      timezone: "Asia/Seoul",
      warnAfterMinutes: 30,
      errorAfterMinutes: 120,
      until: "delivered",
    },
  ],
};

const spec = (expectations?: ExpectationsSpec): PartnerSpec => ({
  schemaVersion: 1,
  partner: "acme",
  environment: "local",
  account: "123456789012",
  region: "ap-northeast-2",
  ledgerBucket: "ledger",
  shareIdentifier: "p1",
  jobTags: {},
  triggers: [],
  chains: { order: [], discovery: [] },
  expectations,
});

const order = (
  claimedAt: string,
  deliveredAt?: string,
  totals?: ObservedOrder["totals"],
): ObservedOrder => ({
  orderId: claimedAt.slice(0, 10),
  orderKey: `${claimedAt.slice(0, 10)}-0123456789ab`,
  attempt: 1,
  claimedAt,
  dueAt: claimedAt,
  deliveredAt,
  totals,
});

/** Severity and slot of what is told. */
async function late(now: string, orders: readonly ObservedOrder[]): Promise<string[]> {
  const told = await checkExpectations(
    { orders: (since) => Promise.resolve(orders.filter(({ claimedAt }) => claimedAt >= since)) },
    spec(DAILY),
    Date.parse(now),
  );
  return told.map(({ id }) => id);
}

const YESTERDAY = order("2026-03-01T23:00:00Z", "2026-03-01T23:30:00Z");

// 09:00 in Seoul is 00:00 UTC; yesterday's order came before yesterday's slot, 2026-03-02T00:00Z.
test.each([
  ["nothing is told up to the warning", "2026-03-03T00:30:00Z", [], []],
  ["a warning", "2026-03-03T00:31:00Z", [], ["late.daily.20260303T000000000Z.warn"]],
  [
    "an error, and the warning again with the same id",
    "2026-03-03T02:01:00Z",
    [],
    ["late.daily.20260303T000000000Z.warn", "late.daily.20260303T000000000Z.error"],
  ],
  [
    "an order that is not delivered yet is late too",
    "2026-03-03T00:31:00Z",
    [order("2026-03-02T23:00:00Z")],
    ["late.daily.20260303T000000000Z.warn"],
  ],
  [
    "nothing, when it is delivered",
    "2026-03-03T02:01:00Z",
    [order("2026-03-02T23:00:00Z", "2026-03-02T23:59:00Z")],
    [],
  ],
  [
    "that it is there after all, when it came late",
    "2026-03-03T02:01:00Z",
    [order("2026-03-03T01:00:00Z", "2026-03-03T01:30:00Z")],
    ["late.daily.20260303T000000000Z.recovered"],
  ],
  [
    "nothing, when it came just before the warning",
    "2026-03-03T02:01:00Z",
    [order("2026-03-02T23:00:00Z", "2026-03-03T00:30:00Z")],
    [],
  ],
  [
    "that it is delivered after all, however long that took",
    "2026-03-03T20:00:00Z",
    [order("2026-03-02T23:00:00Z", "2026-03-03T19:00:00Z")],
    ["late.daily.20260303T000000000Z.recovered"],
  ],
] as const)("%s", async (_, now, orders, expected) => {
  expect(await late(now, [YESTERDAY, ...orders])).toEqual(expected);
});

test("an order that came late fills its own slot and not the next one too", async () => {
  const lateOne = order("2026-03-02T01:00:00Z", "2026-03-02T01:30:00Z");
  expect(await late("2026-03-03T00:31:00Z", [lateOne])).toEqual([
    "late.daily.20260302T000000000Z.recovered",
    "late.daily.20260303T000000000Z.warn",
  ]);
});

test("what is told names slot, zone and the next command", async () => {
  const [told] = await checkExpectations(
    { orders: () => Promise.resolve([YESTERDAY]) },
    spec(DAILY),
    Date.parse("2026-03-03T00:31:00Z"),
  );
  expect(told).toMatchObject({
    kind: "late",
    severity: "warn",
    cause: {
      class: "partner",
      code: "not-arrived",
      text: 'the order "daily" was expected to be delivered by 2026-03-03T00:00:00.000Z (Asia/Seoul); 30 minutes later no order became known',
    },
    nextCommand: "partner-ingest orders list --partner acme --since 2026-03-03 --env local",
    at: "2026-03-03T00:30:00.000Z",
  });
});

test("pass after pass each stage of a late order has one id, and its end is told in words", async () => {
  const came = order("2026-03-03T01:00:00Z", "2026-03-03T01:30:00Z");
  const told: Announcement[] = [];
  for (let minute = 0; minute <= 180; minute += 5) {
    const now = new Date(Date.parse("2026-03-03T00:00:00Z") + minute * 60_000).toISOString();
    // What the ledger knows at that time.
    const known = [
      ...(came.claimedAt > now ? [] : [{ ...came, deliveredAt: undefined }]),
      YESTERDAY,
    ].map((one) =>
      one.orderKey === came.orderKey && now >= "2026-03-03T01:30:00.000Z" ? came : one,
    );
    const context = { orders: () => Promise.resolve(known) };
    told.push(...(await checkExpectations(context, spec(DAILY), Date.parse(now))));
  }
  expect(told.length).toBeGreaterThan(20);
  expect([...new Set(told.map(({ id }) => id))]).toEqual([
    "late.daily.20260303T000000000Z.warn",
    "late.daily.20260303T000000000Z.recovered",
  ]);
  expect(told.at(-1)).toMatchObject({
    kind: "recovered",
    severity: "info",
    orderId: "2026-03-03",
    cause: {
      text: 'the order "daily" was expected to be delivered by 2026-03-03T00:00:00.000Z (Asia/Seoul), and was at 2026-03-03T01:30:00Z',
      cure: "nothing; the warning is over",
    },
    at: "2026-03-03T01:30:00Z",
  });
});

/** What is told of an expectation at a time. */
async function toldOf(
  expectation: Partial<NonNullable<ExpectationsSpec["orders"]>[number]>,
  now: string,
  orders: readonly ObservedOrder[],
): Promise<string[]> {
  const [daily] = DAILY.orders ?? [];
  if (daily === undefined) throw new Error("there is no daily order");
  const told = await checkExpectations(
    { orders: (since) => Promise.resolve(orders.filter(({ claimedAt }) => claimedAt >= since)) },
    spec({ orders: [{ ...daily, ...expectation }] }),
    Date.parse(now),
  );
  return told.map(({ id }) => id.replace("late.daily.", ""));
}

test("an order that comes after the error closes it, when it is nearer to its slot than to the next", async () => {
  const came = order("2026-03-03T10:00:00Z", "2026-03-03T10:30:00Z");
  expect(await late("2026-03-03T11:00:00Z", [YESTERDAY, came])).toEqual([
    "late.daily.20260303T000000000Z.recovered",
  ]);
  // It does not fill the next slot, too.
  expect(await late("2026-03-04T02:01:00Z", [YESTERDAY, came])).toEqual([
    "late.daily.20260303T000000000Z.recovered",
    "late.daily.20260304T000000000Z.warn",
    "late.daily.20260304T000000000Z.error",
  ]);
});

test("an order that comes just before the next slot is the next one's", async () => {
  const early = order("2026-03-03T22:00:00Z", "2026-03-03T22:30:00Z");
  expect(await late("2026-03-04T02:01:00Z", [YESTERDAY, early])).toEqual([
    "late.daily.20260303T000000000Z.warn",
    "late.daily.20260303T000000000Z.error",
  ]);
});

test("an order of every week closes its error two days later", async () => {
  // Tuesday, 3 March 2026.
  const weekly = { cron: "cron(0 9 ? * TUE *)" };
  const before = order("2026-02-23T23:00:00Z", "2026-02-23T23:30:00Z");
  const came = order("2026-03-05T01:00:00Z", "2026-03-05T01:30:00Z");
  expect(await toldOf(weekly, "2026-03-05T01:35:00Z", [before, came])).toEqual([
    "20260303T000000000Z.recovered",
  ]);
  expect(await toldOf(weekly, "2026-03-05T01:35:00Z", [before])).toEqual([]);
  expect(await toldOf(weekly, "2026-03-08T01:35:00Z", [before, came])).toEqual([]);
});

test("the only slot of a year is filled by an order that came before it", async () => {
  const yearly = { cron: "cron(0 9 3 3 ? *)" };
  const came = order("2026-03-02T20:00:00Z", "2026-03-02T20:30:00Z");
  expect(await toldOf(yearly, "2026-03-03T02:01:00Z", [came])).toEqual([]);
  expect(await toldOf(yearly, "2026-03-03T02:01:00Z", [])).toEqual([
    "20260303T000000000Z.warn",
    "20260303T000000000Z.error",
  ]);
});

test("an error a whole day after its slot is told, though a pass comes three hours too late", async () => {
  const patient = { warnAfterMinutes: 1440, errorAfterMinutes: 1440 };
  expect(await toldOf(patient, "2026-03-04T03:00:00Z", [YESTERDAY])).toEqual([
    "20260303T000000000Z.warn",
    "20260303T000000000Z.error",
  ]);
});

test("an order that was scheduled for an earlier time does not fill today's slot", async () => {
  const again = {
    ...order("2026-03-02T23:00:00Z", "2026-03-02T23:30:00Z"),
    dueAt: "2026-02-20T00:00:00.000Z",
  };
  expect(await late("2026-03-03T00:31:00Z", [YESTERDAY, again])).toEqual([
    "late.daily.20260303T000000000Z.warn",
  ]);
});

async function unusual(
  deliveries: ExpectationsSpec["deliveries"],
  totals: readonly { files: number; bytes: number }[],
): Promise<string | undefined> {
  const orders = totals.map((one, index) => {
    const day = `2026-03-0${String(index + 1)}`;
    return order(`${day}T00:00:00Z`, `${day}T01:00:00Z`, one);
  });
  const now = Date.parse(orders.at(-1)?.deliveredAt ?? "") + 60_000;
  const told = await checkExpectations(
    { orders: () => Promise.resolve(orders) },
    spec({ deliveries }),
    now,
  );
  expect(told.length).toBeLessThan(2);
  return told[0]?.cause?.text;
}

const USUAL = { files: 100, bytes: 1000 };

test.each([
  ["too few files", { minFiles: 5 }, [{ files: 4, bytes: 1 }], "4 files, expected at least 5"],
  ["too many bytes", { maxBytes: 5 }, [{ files: 4, bytes: 6 }], "6 bytes, expected at most 5"],
  [
    "a drop against the median",
    { maxDropPercent: 50 },
    [USUAL, USUAL, { files: 1, bytes: 1000 }, { files: 49, bytes: 1000 }],
    "49 files, 51 % less than the median 100 of the last 3 orders",
  ],
  [
    "a drop of its size alone",
    { maxDropPercent: 50 },
    [USUAL, USUAL, USUAL, { files: 100, bytes: 499 }],
    "499 bytes, 50 % less than the median 1000 of the last 3 orders",
  ],
])("a delivery with %s is unusual", async (_, deliveries, totals, text) => {
  expect(await unusual(deliveries, totals)).toBe(`the delivery holds ${text}`);
});

test.each([
  [
    "within its limits",
    { minFiles: 4, maxFiles: 4, minBytes: 6, maxBytes: 6 },
    [{ files: 4, bytes: 6 }],
  ],
  ["exactly the drop", { maxDropPercent: 50 }, [USUAL, USUAL, USUAL, { files: 50, bytes: 500 }]],
  ["without enough orders before", { maxDropPercent: 50 }, [USUAL, USUAL, { files: 1, bytes: 1 }]],
])("a delivery %s is not", async (_, deliveries, totals) => {
  expect(await unusual(deliveries, totals)).toBeUndefined();
});

test("without expectations the ledger is not asked", async () => {
  const never = { orders: () => Promise.reject(new Error("asked")) };
  await expect(checkExpectations(never, spec(), 0)).resolves.toEqual([]);
});
