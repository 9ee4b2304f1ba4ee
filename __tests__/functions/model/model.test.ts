import fc from "fast-check";
import { playNumbered, playTape } from "./history";
import { hunt } from "./hunt";
import { MUTANTS } from "./mutants";
import { SCENARIOS, sweep } from "./sweep";

test("in any history every order ends delivered once, or failed with a reason", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1 << 20), { maxLength: 1500 }), async (tape) => {
      expect((await playTape(tape)).faults).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test.each(Array.from({ length: 40 }, (_, index) => index + 1))(
  "history %i ends as it must",
  async (seed) => {
    expect((await playNumbered(seed)).faults).toEqual([]);
  },
);

test.each(SCENARIOS)("whatever call goes wrong: $name", async (scenario) => {
  const { faults, calm } = await sweep(scenario, { every: 45, fates: ["crash-after", "fails"] });
  expect(faults).toEqual([]);
  expect(calm).toEqual({ delivered: 0, failed: 0, cancelled: 0, never: 0, ...scenario.ends });
});

test.each(MUTANTS.filter(({ soon }) => soon))("the model finds it when $name", async (mutant) => {
  expect((await hunt(mutant, 100)).fault).toEqual(expect.any(String));
});
