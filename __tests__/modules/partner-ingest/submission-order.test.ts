import fc from "fast-check";
import { submissionOrder } from "../../../modules/partner-ingest/submission-order";

/** Steps without a cycle: each may only come after such of an earlier letter, under names in any order. */
const steps = fc
  .uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/u), { minLength: 1, maxLength: 8 })
  .chain((names) =>
    fc
      .tuple(...names.map((_, index) => fc.subarray(names.slice(0, index))))
      .map((after) => names.map((name, index) => [name, { after: after[index] ?? [] }] as const)),
  );

test("what a step comes after stands before it, and the order in which steps are written does not count", () => {
  fc.assert(
    fc.property(steps, (entries) => {
      const order = submissionOrder(Object.fromEntries(entries)).map(([name]) => name);
      expect([...order].sort()).toEqual(entries.map(([name]) => name).sort());
      for (const [name, { after }] of entries)
        for (const before of after) expect(order.indexOf(before)).toBeLessThan(order.indexOf(name));
      expect(
        submissionOrder(Object.fromEntries([...entries].reverse())).map(([name]) => name),
      ).toEqual(order);
    }),
  );
});
