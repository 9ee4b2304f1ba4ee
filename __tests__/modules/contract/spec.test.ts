import fc from "fast-check";
import {
  exitCodeName,
  EXIT_CODES,
  type PartnerSpec,
  specDigest,
  specJson,
} from "../../../modules/contract";

const spec: PartnerSpec = {
  schemaVersion: 1,
  partner: "acme",
  environment: "prod",
  account: "111122223333",
  region: "eu-central-1",
  ledgerBucket: "ledger",
  shareIdentifier: "p0",
  jobTags: { b: "2", a: "1" },
  triggers: [],
  chains: { order: [], discovery: [] },
};

/** The same object with its keys put in in another order. */
function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item, seed)] as const);
  return Object.fromEntries(seed % 2 === 0 ? entries.reverse() : entries);
}

test("equal specs have equal bytes, whatever the order of their keys", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), fc.nat(), (jobTags, seed) => {
      const a = { ...spec, jobTags };
      expect(specJson(shuffled(a, seed) as PartnerSpec)).toBe(specJson(a));
      expect(specDigest(shuffled(a, seed) as PartnerSpec)).toBe(specDigest(a));
    }),
  );
});

test("another spec has another digest", () => {
  expect(specDigest({ ...spec, region: "eu-west-1" })).not.toBe(specDigest(spec));
  expect(JSON.parse(specJson(spec))).toEqual(spec);
});

test("an exit code has one meaning", () => {
  const codes = Object.values(EXIT_CODES).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(exitCodeName(75)).toBe("interrupted");
  expect(exitCodeName(137)).toBeUndefined();
});

test("only what a retry can help is tried again", () => {
  const retried = Object.entries(EXIT_CODES).filter(([, { onExit }]) => onExit === "retry");
  expect(retried.map(([name]) => name).sort()).toEqual(["interrupted", "transient"]);
});
