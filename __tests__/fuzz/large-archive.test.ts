import { readLargeArchive } from "../../fuzz/large-archive";

test("an archive of more entries than 16 bits count is read whole, and refused where it must be", async () => {
  const entries = 66_000;
  const { good, refusals } = await readLargeArchive(entries);
  expect(good).toBe(entries);
  expect(refusals).toEqual([
    'the archive can not be unpacked: "d0/0.txt" is there twice; nothing was published: ask the sender for a correct archive',
    `the archive can not be unpacked: it holds ${String(entries)} entries, more than ${String(entries - 1)}; ` +
      "raise limits.entries if that is right; nothing was published: ask the sender for a correct archive",
  ]);
});
