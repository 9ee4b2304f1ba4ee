import fc from "fast-check";
import { jobTagFaults } from "../../../functions/runs-core/job-limits";
import { tagFaults } from "../../../modules/partner-ingest/tag-faults";
import { stackTags } from "../../../modules/stack";
import { testEnvironment } from "../../support/environment";

const faults = (tags: Record<string, string>): string[] => tagFaults(testEnvironment({ tags }));

test.each<[Record<string, string>, string]>([
  [
    { partner: "all" },
    `environments/test.tags.partner has a name that jobs use for themselves (partner, orderKey, step); rename it, got "all"`,
  ],
  [
    { "aws:x": "1" },
    `environments/test.tags["aws:x"] has a name that AWS does not take: 1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with "aws:", got "1"`,
  ],
  [
    { unit: "R&D" },
    `environments/test.tags.unit must be at most 256 letters, digits, spaces and _.:/=+-@, got "R&D"`,
  ],
])("%j", (tags, expected) => {
  expect(faults(tags)).toEqual([expected]);
});

test("too many tags, and tags that are too long together", () => {
  const many = (count: number, length: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`t${String(index)}`, "x".repeat(length)]),
    );
  expect(faults(many(46, 1))).toEqual([
    "environments/test.tags must hold at most 45 tags, got 46; AWS Batch takes 50 for a job, the others are our own",
  ]);
  expect(faults(many(45, 256))).toEqual([
    "environments/test.tags must take at most 11264 bytes of JSON, got 11916; use fewer or shorter tags",
  ]);
});

test("tags that are taken here are never refused by the trigger", () => {
  const text = fc.oneof(fc.string({ maxLength: 300 }), fc.stringMatching(/^[\w .:/=+@-]{0,260}$/u));
  fc.assert(
    fc.property(fc.dictionary(text, text, { maxKeys: 60 }), (tags) => {
      const environment = testEnvironment({ tags });
      fc.pre(tagFaults(environment).length === 0);
      expect(jobTagFaults(stackTags(environment, "acme"))).toEqual([]);
    }),
  );
});
