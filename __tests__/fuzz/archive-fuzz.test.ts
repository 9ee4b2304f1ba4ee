import { damage, fuzzArchives, seedArchives } from "../../fuzz/archive-fuzz";

test("damaged archives are refused or unpack to what their lists tell", async () => {
  const result = await fuzzArchives(600, 20_260_301);
  expect(result.failures).toEqual([]);
  expect(result.refused).toBeGreaterThan(300);
});

test("the same seed damages in the same way", async () => {
  for (const archive of await seedArchives())
    expect(damage(archive, 7)).toEqual(damage(archive, 7));
});
