import { observedOrders, type KnownOrders } from "../../../functions/reconcile/observed-orders";
import { indexClaim } from "../../../functions/runs-core/claims";
import type { PlatformInvocation } from "../../../functions/runs-core/platform";
import { dayKey, type ClaimRecord, type OrderSource } from "../../../modules/contract";

const NOW = Date.parse("2026-03-05T12:00:00Z");
const SINCE = "2026-03-04T00:00:00.000Z";

/** A ledger in memory, and how often it was asked. */
function ledgerOf(): { inv: PlatformInvocation; objects: Map<string, string>; asked: string[] } {
  const objects = new Map<string, string>();
  const asked: string[] = [];
  const get = (key: string): { body: string; etag: string } | undefined => {
    asked.push(key);
    const body = objects.get(key);
    return body === undefined ? undefined : { body, etag: "1" };
  };
  const inv = {
    clock: { now: () => NOW + asked.length * 1000 },
    deadline: Infinity,
    ledger: {
      find: (key: string) => Promise.resolve(get(key)),
      read: (key: string) => Promise.resolve(get(key)),
      list: (prefix: string) =>
        Promise.resolve({
          keys: [...objects.keys()].filter((key) => key.startsWith(prefix)).sort(),
        }),
      create: (key: string, body: string) => {
        objects.set(key, body);
        return Promise.resolve("written");
      },
    },
  } as unknown as PlatformInvocation;
  return { inv, objects, asked };
}

const claimOf = (
  attempt: number,
  claimedAt: string,
  source: OrderSource = { kind: "manual", orderId: "a" },
): ClaimRecord => ({
  schemaVersion: 1,
  partner: "acme",
  orderKey: "a-0123456789ab",
  attempt,
  orderId: "a",
  chain: "order",
  source,
  trigger: "by-hand",
  specDigest: "d",
  jobDefinitionRevisions: {},
  nonce: "n",
  claimedAt,
});

test("the attempts of an order are one order: there since the first, delivered by the last", async () => {
  const { inv, objects } = ledgerOf();
  await indexClaim(inv, claimOf(1, "2026-03-04T08:00:00.000Z"));
  const again = claimOf(2, "2026-03-05T10:00:00.000Z");
  await indexClaim(inv, again);
  objects.set(
    dayKey("2026-03-05", again, "delivered"),
    JSON.stringify({ publishedAt: "2026-03-05T11:00:00.000Z", files: 2, bytes: 3 }),
  );
  expect(await observedOrders(inv, "acme").orders(SINCE)).toEqual([
    {
      orderId: "a",
      orderKey: "a-0123456789ab",
      attempt: 2,
      claimedAt: "2026-03-04T08:00:00.000Z",
      dueAt: "2026-03-04T08:00:00.000Z",
      deliveredAt: "2026-03-05T11:00:00.000Z",
      totals: { files: 2, bytes: 3 },
    },
  ]);
});

test("an order of last year that is run again is no order of today", async () => {
  const { inv } = ledgerOf();
  await indexClaim(inv, claimOf(3, "2026-03-05T10:00:00.000Z"));
  expect(await observedOrders(inv, "acme").orders(SINCE)).toEqual([]);
});

test("an order by schedule is due at its own time, however late it was started", async () => {
  const { inv } = ledgerOf();
  const source = { kind: "schedule", scheduledTime: "2026-02-01T00:00:00Z" } as const;
  await indexClaim(inv, claimOf(1, "2026-03-05T10:00:00.000Z", source));
  expect(await observedOrders(inv, "acme").orders(SINCE)).toMatchObject([
    { claimedAt: "2026-03-05T10:00:00.000Z", dueAt: "2026-02-01T00:00:00.000Z" },
  ]);
});

test("what two checks ask for is read once", async () => {
  const { inv, asked } = ledgerOf();
  for (let attempt = 1; attempt <= 10; attempt++)
    await indexClaim(inv, claimOf(attempt, "2026-03-05T10:00:00.000Z"));
  const context = observedOrders(inv, "acme");
  await context.orders(SINCE);
  await context.orders("2026-03-01T00:00:00.000Z");
  expect(asked).toHaveLength(10);
});

test("more orders than there is time for are read pass by pass, each delivered one once", async () => {
  // Each request takes a second here.
  const { inv, objects, asked } = ledgerOf();
  for (let number = 1; number <= 40; number++) {
    const key = `a${String(number)}-0123456789ab`;
    const claim = { ...claimOf(1, "2026-03-05T10:00:00.000Z"), orderKey: key };
    await indexClaim(inv, claim);
    const done = JSON.stringify({ publishedAt: "2026-03-05T11:00:00.000Z", files: 1, bytes: 1 });
    objects.set(dayKey("2026-03-05", claim, "delivered"), done);
  }
  const kept: KnownOrders = new Map();
  const pass = (): Promise<unknown> => observedOrders(inv, "acme", kept).orders(SINCE);
  const noTime = "there was no time to read all 40 runs of 3 days; the next pass goes on";
  await expect(pass()).rejects.toThrow(noTime);
  await expect(pass()).rejects.toThrow(noTime);
  await expect(pass()).resolves.toHaveLength(40);
  await expect(pass()).resolves.toHaveLength(40);
  // A claim and a delivery each.
  expect(asked).toHaveLength(80);
});
