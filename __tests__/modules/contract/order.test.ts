import fc from "fast-check";
import {
  ORDER_KEY_PATTERN,
  orderIdFault,
  orderKey,
  type OrderSource,
  sourceIdentity,
} from "../../../modules/contract";

const manual = (orderId: string): OrderSource => ({ kind: "manual", orderId });

/** Any text that may be an order id. */
const orderId = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 300 })
  .filter((text) => orderIdFault(text) === undefined);

describe("an order key", () => {
  it.each([
    ["UM-2026-0001", /^um-2026-0001-[0-9a-f]{12}$/u],
    ["../../etc/passwd", /^etc-passwd-[0-9a-f]{12}$/u],
    [`"; rm -rf / #`, /^rm-rf-[0-9a-f]{12}$/u],
    ["Größe 5 / straße", /^gro-e-5-stra-e-[0-9a-f]{12}$/u],
    ["🎵🎵", /^order-[0-9a-f]{12}$/u],
    ["x".repeat(1000), /^x{40}-[0-9a-f]{12}$/u],
    ["---", /^order-[0-9a-f]{12}$/u],
  ])("of %j is readable and safe", (id, pattern) => {
    const key = orderKey(id, manual(id));
    expect(key).toMatch(pattern);
    expect(key).toMatch(ORDER_KEY_PATTERN);
  });

  it("of any id is safe as a path, a job name and a key", () => {
    fc.assert(
      fc.property(orderId, (id) => {
        const key = orderKey(id, manual(id));
        expect(key).toMatch(ORDER_KEY_PATTERN);
        expect(key.length).toBeLessThanOrEqual(53);
      }),
    );
  });

  it("is the same for the same source, and another for another id", () => {
    fc.assert(
      fc.property(orderId, orderId, (a, b) => {
        fc.pre(a !== b);
        expect(orderKey(a, manual(a))).toBe(orderKey(a, manual(a)));
        expect(orderKey(a, manual(a))).not.toBe(orderKey(b, manual(b)));
      }),
    );
  });

  it("does not change between releases", () => {
    expect(orderKey("UM-2026-0001", manual("UM-2026-0001"))).toBe("um-2026-0001-b85de2bb3880");
  });

  it("tells an object that was dropped again from the one before", () => {
    const dropped = (fields: object): string =>
      orderKey("1", { kind: "s3", bucket: "b", key: "orders/1.order", ...fields });
    const keys = [
      dropped({ versionId: "v1" }),
      dropped({ versionId: "v2" }),
      dropped({ etag: "e1", sequencer: "1" }),
      dropped({ etag: "e1", sequencer: "2" }),
      dropped({ etag: "e2", sequencer: "1" }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    // With a version the etag adds nothing: copies of an event may lack it.
    expect(dropped({ versionId: "v1", etag: "e", sequencer: "9" })).toBe(keys[0]);
    // What a bucket without versioning calls a version is none.
    expect(dropped({ versionId: "null", etag: "e1", sequencer: "1" })).toBe(keys[2]);
  });

  it("is the same for one instant, however it is written", () => {
    const due = (scheduledTime: string): string =>
      sourceIdentity({ kind: "schedule", trigger: "daily", scheduledTime });
    expect(due("2026-03-01T21:00:00Z")).toBe(due("2026-03-02T06:00:00+09:00"));
  });

  it("tells two schedules of the same instant apart", () => {
    const due = (trigger: string): string =>
      sourceIdentity({ kind: "schedule", trigger, scheduledTime: "2026-03-01T21:00:00Z" });
    expect(due("daily")).not.toBe(due("hourly"));
  });
});

describe("an order id", () => {
  it.each([
    ["a", undefined],
    ["../x y\"'$(z)`", undefined],
    ["🎵", undefined],
    ["x".repeat(1024), undefined],
    ["", "is empty"],
    ["x".repeat(1025), "is longer than 1024 bytes of UTF-8"],
    ["é".repeat(513), "is longer than 1024 bytes of UTF-8"],
    ["a\nb", "holds control characters"],
    ["a\u0000b", "holds control characters"],
    ["a\u2028b", "holds control characters"],
    ["a\ud800b", "is not well-formed Unicode"],
  ])("%j", (id, fault) => {
    expect(orderIdFault(id)).toBe(fault);
  });
});
