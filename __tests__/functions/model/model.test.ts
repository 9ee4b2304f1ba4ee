import fc from "fast-check";
import { playHistory, tapeOf } from "./history";

test("in any history every order ends delivered once, or failed with a reason", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1 << 20), { maxLength: 1500 }), async (tape) => {
      expect((await playHistory(tape)).faults).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test.each(Array.from({ length: 100 }, (_, index) => index + 1))(
  "history %i ends as it must",
  async (seed) => {
    expect((await playHistory(tapeOf(seed))).faults).toEqual([]);
  },
);

// What the model found: a job that only an event told of, because its submitter had died, was never asked after.
test("a run whose job was told by an event and never recorded ends (history 21)", async () => {
  expect(await playHistory(tapeOf(21))).toMatchObject({ faults: [], never: 0 });
});
