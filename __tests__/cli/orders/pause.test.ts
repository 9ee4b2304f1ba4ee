import { claimedEvent } from "../../../cli/orders/claimed-event";
import { listOrders } from "../../../cli/orders/list-orders";
import { pauseOf, sayPause, waitingRuns } from "../../../cli/orders/pause";
import { showOrder } from "../../../cli/orders/show-order";
import { colorsFor } from "../../../cli/output/colors";
import { decide } from "../../../functions/trigger/decide";
import {
  orderKey,
  pausesPrefix,
  type ClaimRecord,
  type OrderSource,
} from "../../../modules/contract";
import { SPEC } from "../../functions/trigger/support/fixtures";
import { LEDGER, PARTNER, testLedger, type TestLedger } from "./setup";

const NOW = Date.parse("2026-03-02T09:00:00Z");
const plain = colorsFor({}, {});

let ledger: TestLedger;

beforeEach(async () => {
  ledger = await testLedger();
});

afterEach(() => ledger.close());

const say = (word: "paused" | "resumed", now: number, by = "ann"): ReturnType<typeof sayPause> =>
  sayPause(ledger.cloud, word, { reason: "their server moves", by, now });

test("a pause tells who, when and why, wherever orders are looked at", async () => {
  const text = `${PARTNER} is paused since 2026-03-02T09:00:00.000Z by ann: their server moves`;
  await say("paused", NOW);
  expect(await pauseOf(ledger.cloud)).toEqual({
    schemaVersion: 1,
    partner: PARTNER,
    word: "paused",
    by: "ann",
    reason: "their server moves",
    at: "2026-03-02T09:00:00.000Z",
  });
  const query = { partners: [PARTNER], since: NOW, now: NOW, failed: false };
  const listed = await listOrders(ledger.place, query, plain);
  expect(listed.text).toBe(`no orders since 2026-03-02\n${text}`);
  expect(listed.data).toMatchObject({ paused: [{ by: "ann" }] });
  await ledger.run({}, { fetch: "RUNNING" });
  expect((await showOrder(ledger.cloud, "ORDER-1", "", plain)).text).toContain(text);
  await say("resumed", NOW + 1);
  expect(await pauseOf(ledger.cloud)).toBeUndefined();
  expect((await listOrders(ledger.place, query, plain)).text).toBe("no orders since 2026-03-02");
});

test("what is so already is refused, with who made it so", async () => {
  await expect(say("resumed", NOW)).rejects.toThrow(
    `${PARTNER} is not paused; there is nothing to resume`,
  );
  await say("paused", NOW);
  await expect(say("paused", NOW + 1, "bob")).rejects.toThrow(
    `${PARTNER} is paused since 2026-03-02T09:00:00.000Z by ann: their server moves; to let it go on: partner-ingest orders resume ${PARTNER}`,
  );
  expect(ledger.s3.keys(LEDGER, pausesPrefix(PARTNER))).toHaveLength(1);
});

test("who resumes by a clock that is behind still comes last", async () => {
  await say("paused", NOW);
  await say("resumed", NOW - 3_600_000);
  expect(await pauseOf(ledger.cloud)).toBeUndefined();
  await say("paused", NOW - 7_200_000);
  expect(await pauseOf(ledger.cloud)).toMatchObject({ at: "2026-03-02T09:00:00.002Z" });
});

test("the runs that wait are those of which nothing was submitted, oldest first", async () => {
  const claimed = async (orderId: string, claimedAt: string): Promise<void> => {
    const source = { kind: "manual" as const, orderId };
    const run = await ledger.run(
      { orderId, source, claimedAt, jobDefinitionRevisions: { fetch: 1 } },
      {},
    );
    await ledger.day("2026-03-02", run, "claimed");
  };
  await claimed("late", "2026-03-02T08:00:00.000Z");
  await claimed("early", "2026-03-02T07:00:00.000Z");
  const under = await ledger.run({ orderId: "under-way" }, { fetch: "RUNNING" });
  await ledger.day("2026-03-02", under, "claimed");
  const waiting = await waitingRuns(ledger.cloud, NOW);
  expect(waiting.map(({ claim }) => claim?.orderId)).toEqual(["early", "late"]);
});

test.each<[string, OrderSource]>([
  ["by-hand", { kind: "manual", orderId: "A 1" }],
  ["feed", { kind: "schedule", trigger: "feed", scheduledTime: "2026-03-01T21:00:00.000Z" }],
  ["drops", { kind: "s3", bucket: "landing", key: "orders/A 1.xml", versionId: "v1" }],
  ["drops", { kind: "s3", bucket: "landing", key: "orders/A 1.xml", etag: "e", sequencer: "0A" }],
])("handed over again, an order through %s is the same order: %j", (trigger, source) => {
  const orderId = source.kind === "schedule" ? "2026-03-01" : "A 1";
  const key = orderKey(orderId, source);
  const claim = { orderId, orderKey: key, attempt: 1, source, trigger } as ClaimRecord;
  const { orders, faults, ignored } = decide(claimedEvent(claim), SPEC);
  expect({ faults, ignored }).toEqual({ faults: [], ignored: [] });
  expect(orders.map((order) => order.orderKey)).toEqual([key]);
});

test("handed over again, a later attempt is asked for as the re-run that made it", () => {
  const claim = { orderKey: "a-000000000000", attempt: 3 } as ClaimRecord;
  expect(claimedEvent(claim)).toMatchObject({
    kind: "rerun",
    orderKey: "a-000000000000",
    attempt: 2,
  });
});
