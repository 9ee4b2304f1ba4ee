import fc from "fast-check";
import { atomsOf, compareAtoms } from "../../../../modules/iam/diff";
import { statements } from "../../../support/iam-arbitraries";

/* Whatever is only written differently is no change; whatever is more or less is told. */

interface Written {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
}

const compare = (before: readonly unknown[], after: readonly unknown[]) =>
  compareAtoms(atomsOf({ Statement: before }), atomsOf({ Statement: after }));

/** A statement for each action and resource, backwards; single values without their list. */
function splitUp(all: readonly Written[]): unknown[] {
  return all
    .flatMap((one) =>
      one.Action.flatMap((Action) =>
        one.Resource.map((Resource) => ({ ...one, Action: Action.toUpperCase(), Resource })),
      ),
    )
    .reverse();
}

// Everything there is has thousands of actions, which is slow; a service's are as good.
const given = (statements as unknown as fc.Arbitrary<Written[]>).map((all) =>
  all.map((one) => ({ ...one, Action: one.Action.map((name) => (name === "*" ? "sqs:*" : name)) })),
);

test("split, reordered, repeated, with other capitals in actions: no change", () => {
  fc.assert(
    fc.property(given, (all) => {
      expect(compare(all, [...splitUp(all), ...all])).toEqual([]);
      expect(compare(splitUp(all), all)).toEqual([]);
    }),
  );
});

const OTHER = "arn:aws:s3:::somewhere-else/x";

test.each<[string, (one: Written) => Written]>([
  ["an action more", (one) => ({ ...one, Action: [...one.Action, "iam:PassRole"] })],
  ["a resource more", (one) => ({ ...one, Resource: [...one.Resource, OTHER] })],
  ["the resource widened", (one) => ({ ...one, Resource: ["*"] })],
  ["another condition", (one) => ({ ...one, Condition: { Null: { "aws:x": "true" } } })],
  ["allowed for denied", (one) => ({ ...one, Effect: one.Effect === "Deny" ? "Allow" : "Deny" })],
])("every mutation is told: %s", (_, mutate) => {
  fc.assert(
    fc.property(given, fc.nat(), (all, place) => {
      const at = all.length === 0 ? 0 : place % all.length;
      const one = all[at];
      // What everything is allowed by can not be widened; what stands twice is not changed by changing it once.
      fc.pre(one !== undefined && all.length === 1);
      fc.pre(!one.Resource.includes("*"));
      expect(compare(all, [mutate(one)])).not.toEqual([]);
      expect(compare([mutate(one)], all)).not.toEqual([]);
    }),
  );
});

test("what one comparison opens, the other way closes", () => {
  fc.assert(
    fc.property(given, given, (a, b) => {
      expect(compare(a, b).length === 0).toBe(compare(b, a).length === 0);
    }),
  );
});
