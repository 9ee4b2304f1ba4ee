import fc from "fast-check";
import { matchesPattern } from "../../../local/try/event-pattern";
import { objectCreatedPattern } from "../../../modules/events";

const event = (bucket: string, key: string): unknown => ({
  source: "aws.s3",
  "detail-type": "Object Created",
  detail: { bucket: { name: bucket }, object: { key, size: 1 } },
});

const rule = (prefix: string, suffix: string): unknown =>
  JSON.parse(objectCreatedPattern({ bucket: "b", prefix, suffix }));

test.each([
  ["orders/", ".order", "orders/1.order", true],
  ["orders/", ".order", "orders/a/b c+d%.order", true],
  ["orders/", ".order", "orders/1.txt", false],
  ["orders/", ".order", "x/orders/1.order", false],
  ["", "", "anything", true],
  ["a*b/", "", "a*b/1", true],
  ["a*b/", "", "aXb/1", false],
  ["a.b", "(c)", "a.b1(c)", true],
  ["a.b", "", "aXb", false],
])("prefix %j and suffix %j: %j is %j", (prefix, suffix, key, expected) => {
  expect(matchesPattern(rule(prefix, suffix), event("b", key))).toBe(expected);
});

test("another bucket, or another kind of event, does not match", () => {
  expect(matchesPattern(rule("", ""), event("c", "k"))).toBe(false);
  expect(
    matchesPattern(rule("", ""), {
      ...(event("b", "k") as object),
      "detail-type": "Object Deleted",
    }),
  ).toBe(false);
  expect(matchesPattern(rule("", ""), {})).toBe(false);
});

test("a rule matches exactly the keys with its prefix and suffix", () => {
  const part = fc.string({ unit: fc.constantFrom("a", "*", "\\", ".", "/", "[", "é") });
  fc.assert(
    fc.property(part, part, part, (prefix, middle, suffix) => {
      expect(matchesPattern(rule(prefix, suffix), event("b", `${prefix}${middle}${suffix}`))).toBe(
        true,
      );
    }),
  );
});

test("a condition that is not known is an error", () => {
  expect(() => matchesPattern({ a: [{ numeric: ["=", 1] }] }, { a: 1 })).toThrow(
    'the condition {"numeric":["=",1]} of an event pattern is not known to a run on one machine',
  );
});
