import fc from "fast-check";
import {
  DEFAULT_FAMILIES,
  INSTANCE_FAMILIES,
  largestJob,
} from "../../../modules/batch/instance-families";

const names = fc.subarray(Object.keys(INSTANCE_FAMILIES), { minLength: 1 });

test("the defaults of an architecture are families of it, sorted and many", () => {
  for (const [architecture, families] of Object.entries(DEFAULT_FAMILIES)) {
    expect(families.length).toBeGreaterThanOrEqual(5);
    expect([...families].sort()).toEqual(families);
    for (const family of families)
      expect(INSTANCE_FAMILIES[family]).toMatchObject({ architecture });
  }
});

test.each([
  ["c5", 96, 192],
  ["m6i", 128, 512],
  ["r7a", 192, 1536],
  ["c7g", 64, 128],
  ["r6gd", 64, 512],
] as const)("%s: %i vCPUs and %i GiB, of which a twentieth is the host's", (name, vcpus, gib) => {
  expect(largestJob([name])).toEqual({ vcpus, memoryMib: Math.floor(gib * 1024 * 0.95) });
});

test("gigabytes per vCPU go by the first letter: c 2, m 4, r 8; a g in the name is arm64", () => {
  for (const [name, { architecture, gibPerVcpu }] of Object.entries(INSTANCE_FAMILIES)) {
    expect(gibPerVcpu).toBe({ c: 2, m: 4, r: 8 }[name.charAt(0)]);
    expect(architecture).toBe(/^[cmr]\dg/u.test(name) ? "arm64" : "x86_64");
  }
});

test("more families never hold less", () => {
  fc.assert(
    fc.property(names, names, (some, more) => {
      const [less, both] = [largestJob(some), largestJob([...some, ...more])];
      expect(both.vcpus).toBeGreaterThanOrEqual(less.vcpus);
      expect(both.memoryMib).toBeGreaterThanOrEqual(less.memoryMib);
    }),
  );
});

test("of families that no table knows nothing is said", () => {
  expect(largestJob(["x99"])).toEqual({ vcpus: 0, memoryMib: 0 });
});
