import fc from "fast-check";
import { decide, type Decision } from "../../../functions/trigger/decide";
import { ORDER_KEY_PATTERN, type PartnerSpec, type TriggerSpec } from "../../../modules/contract";
import { eventBridgeEvent, formEncoded, s3Record } from "./support/events";
import { SPEC } from "./support/fixtures";

const withTriggers = (...triggers: TriggerSpec[]): PartnerSpec => ({ ...SPEC, triggers });
const messages = ({ faults }: Decision): string[] => faults.map(({ message }) => message);
const ids = ({ orders }: Decision): string[] => orders.map(({ orderId }) => orderId);

const drops = (prefix: string, suffix: string, name = "drops"): TriggerSpec => ({
  name,
  kind: "s3",
  starts: "order",
  bucket: "landing",
  prefix,
  suffix,
});

describe("an order by hand", () => {
  it.each([{ kind: "manual", orderId: "UMG/42" }, { orderId: "UMG/42" }])("starts: %j", (event) => {
    const { orders, ignored, faults } = decide(event, SPEC);
    expect(orders).toEqual([
      {
        orderId: "UMG/42",
        orderKey: expect.stringMatching(/^umg-42-[0-9a-f]{12}$/u) as string,
        source: { kind: "manual", orderId: "UMG/42" },
        trigger: "by-hand",
        chain: "order",
      },
    ]);
    expect(ignored).toEqual([]);
    expect(faults).toEqual([]);
  });

  it.each(["../../etc/passwd", "'; rm -rf /", "a b", "🎵".repeat(200), "x".repeat(1024), "$(id)"])(
    "takes any legal id, and its key is plain: %s",
    (orderId) => {
      const [order] = decide({ orderId }, SPEC).orders;
      expect(order?.orderId).toBe(orderId);
      expect(order?.orderKey).toMatch(ORDER_KEY_PATTERN);
    },
  );

  const allowed = "allowed is every S3 key of at most 1,024 bytes without control characters";
  it.each([
    ["", `orderId gives no order id: "" is empty; ${allowed}`],
    ["a\nb", `orderId gives no order id: "a\\nb" holds control characters; ${allowed}`],
    ["\ud800", `orderId gives no order id: "\\ud800" is not well-formed Unicode; ${allowed}`],
    [
      "x".repeat(1025),
      `orderId gives no order id: "${"x".repeat(199)} ... is longer than 1024 bytes of UTF-8; ${allowed}`,
    ],
  ])("refuses the id %j", (orderId, message) => {
    expect(messages(decide({ orderId }, SPEC))).toEqual([message]);
  });

  it("refuses an id that is no text", () => {
    expect(messages(decide({ kind: "manual", orderId: 42 }, SPEC))).toEqual([
      "orderId must be a text, got 42; put it in quotes",
    ]);
    expect(messages(decide({ kind: "manual" }, SPEC))).toEqual([
      "orderId must be a text, got nothing; put it in quotes",
    ]);
  });

  it("refuses settings that it does not have", () => {
    expect(messages(decide({ orderId: "1", triger: "a", attempt: 2 }, SPEC))).toEqual([
      'an order by hand has the settings kind, orderId, trigger, got "triger", "attempt"',
    ]);
  });

  it("goes through the trigger that it names", () => {
    const spec = withTriggers(
      { name: "a", kind: "manual", starts: "order" },
      { name: "b", kind: "manual", starts: "order" },
    );
    expect(decide({ orderId: "1", trigger: "b" }, spec).orders[0]?.trigger).toBe("b");
    expect(messages(decide({ orderId: "1" }, spec))).toEqual([
      'partner "universal-music" has several manual triggers; name one of "a", "b" in trigger',
    ]);
    expect(messages(decide({ orderId: "1", trigger: "c" }, spec))).toEqual([
      'trigger must be the name of a manual trigger, got "c"; there is "a", "b"',
    ]);
    expect(messages(decide({ orderId: "1", trigger: 7 }, spec))).toEqual([
      "trigger must be the name of a manual trigger, got 7",
    ]);
  });

  it("goes through the only one that starts orders", () => {
    const spec = withTriggers(
      { name: "look", kind: "manual", starts: "discovery" },
      { name: "fetch", kind: "manual", starts: "order" },
    );
    expect(decide({ orderId: "1" }, spec).orders[0]).toMatchObject({
      trigger: "fetch",
      chain: "order",
    });
    expect(decide({ orderId: "1", trigger: "look" }, spec).orders[0]?.chain).toBe("discovery");
  });

  it("is refused where the partner takes none", () => {
    expect(messages(decide({ orderId: "1" }, withTriggers(drops("", ""))))).toEqual([
      'partner "universal-music" takes no orders by hand; add manual() to its triggers',
    ]);
  });
});

describe("a schedule", () => {
  const event = (scheduledTime: unknown, trigger: unknown = "nightly"): unknown => ({
    kind: "schedule",
    trigger,
    scheduledTime,
  });

  it("starts the order of the date in its own time zone, known by the full time", () => {
    expect(decide(event("2026-03-01T21:00:00Z"), SPEC).orders).toEqual([
      {
        orderId: "2026-03-02",
        orderKey: expect.stringMatching(/^2026-03-02-[0-9a-f]{12}$/u) as string,
        source: {
          kind: "schedule",
          trigger: "nightly",
          scheduledTime: "2026-03-01T21:00:00.000Z",
        },
        trigger: "nightly",
        chain: "discovery",
      },
    ]);
  });

  // Berlin's clocks go from 02:00 to 03:00 on 2026-03-29 and from 03:00 back to 02:00 on 2026-10-25.
  it.each([
    ["2026-03-28T22:59:59Z", "2026-03-28"],
    ["2026-03-28T23:00:00Z", "2026-03-29"],
    ["2026-03-29T21:59:59Z", "2026-03-29"],
    ["2026-03-29T22:00:00Z", "2026-03-30"],
    ["2026-10-24T21:59:59Z", "2026-10-24"],
    ["2026-10-24T22:00:00Z", "2026-10-25"],
    ["2026-10-25T22:59:59Z", "2026-10-25"],
    ["2026-10-25T23:00:00Z", "2026-10-26"],
    ["2026-12-31T23:00:00+00:00", "2027-01-01"],
    ["2026-01-01T00:30:00+02:00", "2025-12-31"],
  ])("tells the date in Berlin of %s: %s", (time, date) => {
    expect(ids(decide(event(time, "feed"), SPEC))).toEqual([date]);
  });

  it("makes two orders of one day when it is due twice, and one of one instant however written", () => {
    const key = (time: string): string | undefined =>
      decide(event(time, "feed"), SPEC).orders[0]?.orderKey;
    expect(key("2026-03-01T06:00:00Z")).not.toBe(key("2026-03-01T18:00:00Z"));
    expect(key("2026-03-01T06:00:00Z")).toBe(key("2026-03-01T07:00:00.000+01:00"));
  });

  it("makes two orders of two schedules that are due at the same instant", () => {
    const key = (name: string): string | undefined =>
      decide(event("2026-03-01T06:00:00Z", name), SPEC).orders[0]?.orderKey;
    expect(key("feed")).not.toBe(key("nightly"));
  });

  it.each([
    "2026-03-01T21:00:00",
    "2026-03-01",
    "2026-02-30T21:00:00Z",
    "2026-13-01T21:00:00Z",
    "<aws.scheduler.scheduled-time>",
    1772398800000,
    undefined,
  ])("refuses the time %j", (time) => {
    expect(messages(decide(event(time), SPEC))).toEqual([
      `scheduledTime must be an instant such as "2026-03-01T21:00:00Z", got ${time === undefined ? "nothing" : JSON.stringify(time)}; let the schedule's input hold <aws.scheduler.scheduled-time>`,
    ]);
  });

  it("refuses a schedule that the partner does not have", () => {
    expect(messages(decide(event("2026-03-01T21:00:00Z", "hourly"), SPEC))).toEqual([
      'trigger must be the name of a schedule trigger, got "hourly"; there is "nightly", "feed"',
    ]);
    expect(messages(decide(event("2026-03-01T21:00:00Z", null), SPEC))).toEqual([
      "trigger must be the name of a schedule, got null",
    ]);
  });
});

describe("an S3 event", () => {
  const KEYS = [
    "orders/a b.xml",
    "orders/a+b.xml",
    "orders/100%.xml",
    "orders/100%25.xml",
    "orders/größe/日本.xml",
    "orders/🎵 & more=yes?.xml",
    "orders/../x.xml",
  ];

  it.each(KEYS)("is the same order in both forms: %s", (key) => {
    const bridge = decide(eventBridgeEvent({ key }), SPEC);
    const notified = decide({ Records: [s3Record({ key: formEncoded(key) })] }, SPEC);
    expect(bridge.orders).toEqual([
      {
        orderId: key.slice("orders/".length, -".xml".length),
        orderKey: expect.stringMatching(ORDER_KEY_PATTERN) as string,
        source: {
          kind: "s3",
          bucket: "landing",
          key,
          versionId: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
          etag: "b1946ac92492d2347c6235b4d2611184",
          sequencer: "00617F08299329D189",
        },
        trigger: "drops",
        chain: "order",
        size: 5,
      },
    ]);
    expect(notified).toEqual(bridge);
  });

  it("is the same order in both forms, whatever the key", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (name) => {
        const key = `orders/${name}.xml`;
        expect(decide({ Records: [s3Record({ key: formEncoded(key) })] }, SPEC).orders).toEqual(
          decide(eventBridgeEvent({ key }), SPEC).orders,
        );
      }),
    );
  });

  it("holds several orders, each once, and a fault of one leaves the others", () => {
    const decision = decide(
      {
        Records: [
          s3Record({ key: "orders/1.xml" }),
          s3Record({ key: "orders/1.xml" }),
          s3Record({ key: "orders/%0A.xml" }),
          s3Record({ key: "orders/%ZZ.xml" }),
          s3Record({ key: "orders/2.xml" }),
        ],
      },
      SPEC,
    );
    expect(ids(decision)).toEqual(["1", "2"]);
    expect(messages(decision)).toEqual([
      'Records[3].s3.object.key must be form-url-encoded UTF-8, got "orders/%ZZ.xml"; keys of S3 notifications are always encoded',
      'the key in bucket "landing" gives no order id: "\\n" holds control characters; allowed is every S3 key of at most 1,024 bytes without control characters',
    ]);
  });

  it.each([
    [
      eventBridgeEvent({ key: "orders/1.xml" }, { bucket: "other" }),
      '"orders/1.xml" in bucket "other" is outside of every S3 trigger of partner "universal-music"',
    ],
    [
      eventBridgeEvent({ key: "other/1.xml" }),
      '"other/1.xml" in bucket "landing" is outside of every S3 trigger of partner "universal-music"',
    ],
    [
      eventBridgeEvent({ key: "orders/1.txt" }),
      '"orders/1.txt" in bucket "landing" is outside of every S3 trigger of partner "universal-music"',
    ],
    [
      eventBridgeEvent({ key: "orders/1.xml" }, { detailType: "Object Deleted" }),
      '"Object Deleted" of S3 starts no order; only "Object Created" does',
    ],
    [
      { Records: [s3Record({ key: "orders/1.xml" }, { eventName: "ObjectRemoved:Delete" })] },
      '"ObjectRemoved:Delete" of S3 starts no order; only "ObjectCreated:*" does',
    ],
    [
      {
        Service: "Amazon S3",
        Event: "s3:TestEvent",
        Time: "2026-03-01T21:00:00.000Z",
        Bucket: "landing",
        RequestId: "5582815E1AEA5ADF",
        HostId: "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR",
      },
      "s3:TestEvent: S3 sends it once when a notification is set up; there is no object behind it",
    ],
  ])("starts nothing outside of the partner's triggers (%#)", (event, reason) => {
    expect(decide(event, SPEC)).toEqual({ orders: [], ignored: [reason], faults: [] });
  });

  it("passes over the markers that consoles make for folders", () => {
    const spec = withTriggers(drops("orders/", ""));
    expect(decide(eventBridgeEvent({ key: "orders/new/", size: 0 }), spec)).toEqual({
      orders: [],
      ignored: [
        '"orders/new/" in bucket "landing" is a folder marker, which consoles create; it holds no order',
      ],
      faults: [],
    });
    expect(ids(decide(eventBridgeEvent({ key: "orders/empty", size: 0 }), spec))).toEqual([
      "empty",
    ]);
  });

  it.each([
    ["orders/", ".xml", "orders/.xml", "orders/.xml"],
    ["a/x", "x.zip", "a/x.zip", "a/x.zip"],
    ["", "", "a/b.c", "a/b.c"],
    ["a", "", "a", "a"],
    ["in/", "", "in/in/x", "in/x"],
  ])("takes the whole key as id where %j and %j leave nothing of %s", (prefix, suffix, key, id) => {
    expect(ids(decide(eventBridgeEvent({ key }), withTriggers(drops(prefix, suffix))))).toEqual([
      id,
    ]);
  });

  it("goes through the closest trigger, so that one object is one order", () => {
    const spec = withTriggers(
      drops("", "", "all"),
      drops("orders/", "", "orders"),
      drops("orders/", ".zip", "zips"),
    );
    const through = (key: string): string | undefined =>
      decide(eventBridgeEvent({ key }), spec).orders[0]?.trigger;
    expect(["x", "orders/x", "orders/x.zip"].map(through)).toEqual(["all", "orders", "zips"]);
  });

  it("is another order for new content under the same key, and the same for the same", () => {
    const key = (object: object): string | undefined =>
      decide(eventBridgeEvent({ key: "orders/1.xml", ...object }), SPEC).orders[0]?.orderKey;
    const plain = { "version-id": undefined };
    expect(key({ "version-id": "v1" })).not.toBe(key({ "version-id": "v2" }));
    expect(key({ "version-id": "v1", sequencer: "1" })).toBe(
      key({ "version-id": "v1", sequencer: "2" }),
    );
    expect(key({ ...plain, sequencer: "1" })).not.toBe(key({ ...plain, sequencer: "2" }));
    expect(key({ ...plain, etag: "e" })).toBe(key({ ...plain, etag: '"e"' }));
  });

  it.each([
    [
      eventBridgeEvent({ key: undefined }),
      "detail.object.key must be the key of an object, got nothing",
    ],
    [
      eventBridgeEvent({ key: "k" }, { bucket: "" }),
      'detail.bucket.name must be the name of a bucket, got ""',
    ],
    [
      eventBridgeEvent({ key: "k", etag: "", "version-id": undefined, sequencer: undefined }),
      'detail.object must tell a version id, an etag or a sequencer, got none for the key "k"; without one, two objects dropped under the same key can not be told apart',
    ],
    [
      { Records: [s3Record({ key: "k" }, { eventSource: "aws:sqs" })] },
      'Records[0].eventSource must be "aws:s3", got "aws:sqs"; send S3 events to the function directly or through EventBridge',
    ],
    [
      { Records: [null] },
      'Records[0].eventSource must be "aws:s3", got nothing; send S3 events to the function directly or through EventBridge',
    ],
  ])("is refused when it is broken (%#)", (event, message) => {
    expect(messages(decide(event, SPEC))).toEqual([message]);
  });
});

describe("an unknown form", () => {
  const FORMS =
    'allowed are {"kind":"manual","orderId":"..."} or {"orderId":"..."} by hand, {"kind":"rerun","orderKey":"...","reason":"...","by":"..."} to run an order again, {"kind":"schedule","trigger":"...","scheduledTime":"..."} from EventBridge Scheduler, an S3 event of EventBridge, or an S3 notification';

  it.each([
    [{}, "{}"],
    [{ key1: "value1" }, '{"key1":"value1"}'],
    [{ kind: "manuel", orderId: "1" }, '{"kind":"manuel","orderId":"1"}'],
    [{ Records: [] }, '{"Records":[]}'],
    [
      { source: "aws.batch", "detail-type": "Batch Job State Change" },
      '{"source":"aws.batch","detail-type":"Batch Job State Change"}',
    ],
    [[], "[]"],
    ["order 1", '"order 1"'],
    [null, "null"],
    [undefined, "nothing"],
  ])("is refused: %j", (event, got) => {
    expect(messages(decide(event, SPEC))).toEqual([
      `the event has no form that starts an order: got ${got}; ${FORMS}`,
    ]);
  });

  it("never breaks the decision, whatever the event", () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        const decision = decide(event, SPEC);
        for (const order of decision.orders) expect(order.orderKey).toMatch(ORDER_KEY_PATTERN);
      }),
    );
  });
});
