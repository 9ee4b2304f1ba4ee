import {
  backfillResult,
  type BackfillPlan,
  type BackfillWish,
  planBackfill,
} from "../../../cli/orders/backfill";
import { type OrdersPlace } from "../../../cli/orders/cloud";
import { definePartner } from "../../../modules/config";
import { claimKey, orderKey, type OrderSource } from "../../../modules/contract";
import { LEDGER, PARTNER, type TestLedger, testLedger } from "./setup";

const LANDING = "landing-of-the-shop";

/** A partner with each kind of trigger; the landing bucket is one that it has. */
const partner = definePartner({
  id: PARTNER,
  owner: "a",
  source: { company: "Shop" },
  triggers: {
    byHand: { kind: "manual" },
    daily: {
      kind: "schedule",
      cron: "cron(30 6 * * ? *)",
      timezone: "Asia/Seoul",
      starts: "order",
    },
    hourly: { kind: "schedule", cron: "rate(1 hour)", timezone: "UTC", starts: "order" },
    dropped: { kind: "s3Object", bucket: "landing", prefix: "in/", suffix: ".zip" },
  },
  compute: { pool: "general" },
  staging: { kind: "scratch" },
  steps: {
    all: { kind: "deliver", program: ["fetch"], isolation: { sharedHost: "our own program" } },
  },
  buckets: { landing: { kind: "existing", name: LANDING }, processed: { kind: "create" } },
});

const period = { from: Date.parse("2026-03-01"), to: Date.parse("2026-03-04") - 1 };
const wish: BackfillWish = { ...period, mode: "missing", max: 10, by: "ann", reason: "an outage" };

let ledger: TestLedger;
let place: OrdersPlace;

beforeEach(async () => {
  ledger = await testLedger(LANDING);
  place = { ...ledger.place, project: { ...ledger.place.project, partners: [partner] } };
});

afterEach(async () => {
  await ledger.close();
});

const plan = (more: Partial<BackfillWish> = {}): Promise<BackfillPlan> =>
  planBackfill(place, ledger.cloud, { ...wish, ...more });

/** The daily slot of a day in Seoul, which is 21:30 of the day before in UTC. */
const slot = (scheduledTime: string): OrderSource => ({
  kind: "schedule",
  trigger: "daily",
  scheduledTime,
});

test("missing: slots of a schedule that the ledger does not know, as the schedule would name them", async () => {
  await ledger.run({ orderId: "2026-03-03", source: slot("2026-03-02T21:30:00.000Z") }, {});
  const { orders, notes } = await plan();
  expect(orders.map(({ orderId, why, event }) => [orderId, why, event])).toEqual(
    ["2026-03-01T21:30:00.000Z", "2026-03-03T21:30:00.000Z"].map((scheduledTime, index) => [
      ["2026-03-02", "2026-03-04"][index],
      "missing",
      { kind: "schedule", trigger: "daily", scheduledTime },
    ]),
  );
  expect(orders[0]?.orderKey).toBe(orderKey("2026-03-02", slot("2026-03-01T21:30:00.000Z")));
  expect(notes).toEqual([
    "byHand: nobody knows which orders by hand are missing",
    "hourly: of rate(1 hour) nobody knows when it was due",
  ]);
});

test("missing: every version of an object that no event told of", async () => {
  const now = Date.now();
  for (const key of ["in/a.zip", "in/a.zip", "in/b.txt", "in/known.zip"])
    await ledger.put(LANDING, key, "x");
  const today = { from: now - 60_000, to: Date.now() + 60_000 };
  const first = await plan({ ...today, max: 1000 });
  const ofObjects = first.orders.filter(({ event }) => "source" in (event as object));
  expect(ofObjects.map(({ orderId }) => orderId).sort()).toEqual(["a", "a", "known"]);
  const known = ofObjects.find(({ orderId }) => orderId === "known");
  const run = { partner: PARTNER, orderKey: known?.orderKey ?? "", attempt: 1 };
  await ledger.put(LEDGER, claimKey(run), {});
  const second = await plan({ ...today, max: 1000 });
  expect(second.orders.map(({ orderId }) => orderId)).not.toContain("known");
});

test("failed: re-runs from where an order broke; what is under way is left alone", async () => {
  const failed = await ledger.run({ orderId: "F" }, { fetch: "SUCCEEDED", publish: "FAILED" });
  const running = await ledger.run({ orderId: "R" }, { fetch: "RUNNING" });
  const done = await ledger.run({ orderId: "D" }, { fetch: "SUCCEEDED" });
  await ledger.day("2026-03-01", failed, "failed");
  await ledger.day("2026-03-01", running, "claimed");
  await ledger.day("2026-03-01", done, "delivered");
  const rerun = { kind: "rerun", orderKey: failed.orderKey, attempt: 1, from: "publish" };
  expect((await plan({ mode: "failed" })).orders.map(({ why, event }) => [why, event])).toEqual([
    ["failed", { ...rerun, by: "ann", reason: "an outage" }],
  ]);
  const all = await plan({ mode: "all" });
  expect(all.orders.map(({ orderId, why }) => `${why} ${orderId}`).sort()).toEqual([
    "again D",
    "failed F",
    "missing 2026-03-02",
    "missing 2026-03-03",
    "missing 2026-03-04",
  ]);
  expect(all.notes).toContain(`${running.orderKey} is under way and left alone`);
});

test("--max leaves the rest, the oldest come first; a dry run tells it and changes nothing", async () => {
  const before = ledger.s3.keys(LEDGER, "");
  const found = await plan({ max: 2 });
  const { text, exit } = backfillResult(
    found,
    found.orders.map((order) => ({ order, refused: false })),
    true,
  );
  expect(text.split("\n")).toEqual([
    `2026-03-01T21:30:00.000Z  "2026-03-02"  ${found.orders[0]?.orderKey ?? ""}  missing`,
    `2026-03-02T21:30:00.000Z  "2026-03-03"  ${found.orders[1]?.orderKey ?? ""}  missing`,
    "",
    "note: byHand: nobody knows which orders by hand are missing",
    "note: hourly: of rate(1 hour) nobody knows when it was due",
    "2 orders would be started; 1 more are left for another call, see --max",
  ]);
  expect(exit).toBe("ok");
  expect(ledger.s3.keys(LEDGER, "")).toEqual(before);
});

test("a refusal is told, and is no success", async () => {
  const found = await plan({ max: 1 });
  const [order] = found.orders;
  if (order === undefined) throw new Error("no order");
  const { text, exit } = backfillResult(
    { ...found, notes: [], left: 0 },
    [{ order, outcome: "the ledger is away", refused: true }],
    false,
  );
  expect(text).toMatch(/missing {2}the ledger is away\n\n0 orders handed over, 1 refused$/u);
  expect(exit).toBe("runFailed");
});
