import { checkExpectations } from "../../../../functions/reconcile/expectations";
import { observedOrders } from "../../../../functions/reconcile/observed-orders";
import { reconcile } from "../../../../functions/reconcile/reconcile";
import { indexClaim } from "../../../../functions/runs-core/claims";
import { jsonLog } from "../../../../functions/runs-core/log";
import type { PlatformInvocation } from "../../../../functions/runs-core/platform";
import {
  currentSpecKey,
  dayKey,
  orderKey,
  specDigest,
  specJson,
  specKey,
  type ClaimRecord,
  type PartnerSpec,
} from "../../../../modules/contract";
import { World } from "../../notify/support/world";
import { SPEC } from "../../trigger/support/fixtures";

// From the ledger over the passes of the reconciler to what a person reads, on the days on which clocks change.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TOPIC = "arn:aws:sns:eu-central-1:111122223333:pi--test--team";

const specOf = (cron: string, timezone: string): PartnerSpec => ({
  ...SPEC,
  notifications: { channels: { team: { kind: "sns", topicArn: TOPIC } } },
  expectations: {
    orders: [
      {
        name: "daily",
        cron,
        timezone,
        warnAfterMinutes: 30,
        errorAfterMinutes: 120,
        until: "delivered",
      },
    ],
  },
});

/** A partner's ledger as it becomes: each fact is there from its time on. */
class Ledger {
  now = 0;
  private readonly facts = new Map<string, { body: string; since: number }>();

  constructor(readonly spec: PartnerSpec) {
    const json = specJson(spec);
    this.put(currentSpecKey(spec.partner), json, 0);
  }

  put(key: string, body: string, since: number): void {
    this.facts.set(key, { body, since });
  }

  /** An order that is claimed and delivered half an hour later. */
  async order(claimedAt: number): Promise<void> {
    const at = new Date(claimedAt).toISOString();
    const deliveredAt = claimedAt + 30 * MINUTE;
    const source = { kind: "manual", orderId: at } as const;
    const claim: ClaimRecord = {
      schemaVersion: 1,
      partner: this.spec.partner,
      orderKey: orderKey(at, source),
      attempt: 1,
      orderId: at,
      chain: "order",
      source,
      trigger: "by-hand",
      specDigest: specDigest(this.spec),
      jobDefinitionRevisions: { fetch: 1, publish: 1 },
      nonce: "n",
      claimedAt: at,
    };
    await indexClaim(this.invocation(claimedAt, []), claim);
    const done = JSON.stringify({ publishedAt: new Date(deliveredAt).toISOString() });
    this.put(dayKey(at.slice(0, 10), claim, "told"), "{}", claimedAt);
    this.put(dayKey(at.slice(0, 10), claim, "delivered"), done, deliveredAt);
  }

  invocation(
    now: number,
    announced: Parameters<PlatformInvocation["announce"]>[0][],
  ): PlatformInvocation {
    const at = (key: string): { body: string; etag: string } | undefined => {
      const fact = this.facts.get(key);
      return fact === undefined || fact.since > now ? undefined : { body: fact.body, etag: "1" };
    };
    const must = (key: string): { body: string; etag: string } => {
      const found = at(key);
      if (found === undefined) throw new Error(`read of a missing object: ${key}`);
      return found;
    };
    return {
      clock: { now: () => now },
      deadline: now + MINUTE,
      log: jsonLog(
        () => undefined,
        () => now,
      ),
      ledger: {
        find: (key: string) => Promise.resolve(at(key)),
        read: (key: string) => Promise.resolve(must(key)),
        list: (prefix: string) =>
          Promise.resolve({
            keys: [...this.facts.keys()]
              .filter((key) => key.startsWith(prefix) && at(key) !== undefined)
              .sort(),
          }),
        create: (key: string, body: string) => {
          this.put(key, body, now);
          return Promise.resolve("written");
        },
      },
      announce: (announcement: (typeof announced)[number]) => {
        announced.push(announcement);
        return Promise.resolve();
      },
    } as unknown as PlatformInvocation;
  }
}

/** Who was told what, and minutes after the slot: by real passes of the reconciler and the real notify function. */
async function told(
  spec: PartnerSpec,
  slot: number,
  cameAt: readonly number[],
): Promise<(readonly [minute: number, what: string])[]> {
  const ledger = new Ledger(spec);
  for (const days of [-3, -2, -1, 1]) await ledger.order(slot + days * DAY - 2 * HOUR);
  for (const at of cameAt) await ledger.order(at);
  const world = new World();
  world.objects.set(specKey(spec.partner, specDigest(spec)), specJson(spec));
  const heard: (readonly [number, string])[] = [];
  for (let now = slot - 10 * MINUTE; now <= slot + 5 * HOUR; now += 10 * MINUTE) {
    const announced: Parameters<PlatformInvocation["announce"]>[0][] = [];
    const inv = ledger.invocation(now, announced);
    const { faults } = await reconcile(
      inv,
      [spec.partner],
      [(own, one, at) => checkExpectations(observedOrders(own, one.partner), one, at)],
    );
    expect(faults).toEqual([]);
    world.now = now;
    for (const one of announced) world.send(one);
    await world.drain();
    for (const { message } of world.published.splice(0))
      heard.push([(now - slot) / MINUTE, message]);
  }
  return heard;
}

const WARN = "30 minutes later no order became known";
const ERROR = "120 minutes later no order became known";

describe.each([
  ["Seoul, where clocks never change", "Asia/Seoul", "cron(0 9 * * ? *)", "2026-03-29T00:00:00Z"],
  [
    "Berlin in spring: a time that is skipped is just after",
    "Europe/Berlin",
    "cron(30 2 * * ? *)",
    "2026-03-29T01:30:00Z",
  ],
  [
    "Berlin in spring: later on that day",
    "Europe/Berlin",
    "cron(30 8 * * ? *)",
    "2026-03-29T06:30:00Z",
  ],
  [
    "Berlin in autumn: a time that comes twice counts when it comes first",
    "Europe/Berlin",
    "cron(30 2 * * ? *)",
    "2026-10-25T00:30:00Z",
  ],
  [
    "Berlin in autumn: later on that day",
    "Europe/Berlin",
    "cron(30 8 * * ? *)",
    "2026-10-25T07:30:00Z",
  ],
  [
    "New York in spring: a time that is skipped is just after",
    "America/New_York",
    "cron(30 2 * * ? *)",
    "2026-03-08T07:30:00Z",
  ],
  [
    "New York in autumn: a time that comes twice counts when it comes first",
    "America/New_York",
    "cron(30 1 * * ? *)",
    "2026-11-01T05:30:00Z",
  ],
] as const)("%s", (_, timezone, cron, at) => {
  const slot = Date.parse(at);
  const spec = specOf(cron, timezone);

  test("an order that does not come: one warning, one error", async () => {
    const heard = await told(spec, slot, []);
    expect(heard).toEqual([
      [40, expect.stringContaining(WARN)],
      [130, expect.stringContaining(ERROR)],
    ]);
    expect(heard[0]?.[1]).toContain(`by ${new Date(slot).toISOString()} (${timezone})`);
  });

  test("an order that comes after the error closes it, once", async () => {
    const heard = await told(spec, slot, [slot + 4 * HOUR]);
    expect(heard).toEqual([
      [40, expect.stringContaining(WARN)],
      [130, expect.stringContaining(ERROR)],
      [270, expect.stringContaining("is in order again")],
    ]);
  });

  test("an order that comes in time: nothing", async () => {
    expect(await told(spec, slot, [slot - 2 * HOUR])).toEqual([]);
  });
});
