import fc from "fast-check";
import {
  closedWorld,
  OversizedStatement,
  type PolicyDocument,
  POLICY_LIMITS,
  policySize,
  refusedCharacter,
  splitPolicy,
  type Statement,
} from "../../../../modules/iam";
import { policy, ROLE, testWorld } from "../../../support/iam-world";
import { messageOf } from "../../../support/partner";

const statement = (Sid: string, resources: readonly string[]): Statement => ({
  Sid,
  Effect: "Allow",
  Action: ["s3:GetObject", "s3:PutObject"],
  Resource: resources,
});

const arns = (count: number, length: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `arn:aws:s3:::b/${"x".repeat(length)}/${String(n)}`);

/** Everything that documents allow, in pairs. */
const meaning = (documents: readonly PolicyDocument[]): readonly string[] =>
  documents
    .flatMap(({ Statement: all }) =>
      all.flatMap(({ Action, Resource = [] }) =>
        [Action].flat().flatMap((action) => [Resource].flat().map((arn) => `${action} ${arn}`)),
      ),
    )
    .sort();

test("white space around the parts of a policy does not count", () => {
  const document = policy({ Effect: "Allow", Action: "s3:*", Resource: "*" });
  expect(policySize(document)).toBe(
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
      .length,
  );
});

test("a text that is known only after apply counts for a long one", () => {
  const size = (Resource: string) =>
    policySize(policy({ Effect: "Allow", Action: "s3:*", Resource }));
  expect(size("${aws_efs_access_point.staging.arn}")).toBe(size("x".repeat(128)));
});

test.each([
  ["a plain name", undefined],
  ["caf\u00e9", undefined],
  ["tab\tline\r\n", undefined],
  ["a \u2013 b", "\u2013"],
  ["bell\u0007", "\u0007"],
  ["\u{1f3b5}", "\u{1f3b5}"],
])("the characters of %j", (text, refused) => {
  expect(refusedCharacter(text)).toBe(refused);
});

test("statements that fit stay together", () => {
  const all = [statement("A", arns(3, 5)), statement("B", arns(2, 5))];
  expect(splitPolicy(all)).toEqual([policy(...(all as never[]))]);
});

test("what is split says the same, within the limit", () => {
  const statements = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 200 })),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(statements, (sizes) => {
      const all = sizes.map(([count, length], index) =>
        statement(`S${String(index)}`, arns(count, length)),
      );
      const documents = splitPolicy(all);
      for (const document of documents)
        expect(policySize(document)).toBeLessThanOrEqual(POLICY_LIMITS.managed);
      expect(meaning(documents)).toEqual(meaning([policy(...(all as never[]))]));
    }),
    { numRuns: 100 },
  );
});

test("a role with the pieces can do what a role with the whole can", () => {
  const whole = statement("Whole", arns(100, 120));
  const resources = arns(100, 120).map((arn) => ({ arn, account: "111122223333" }));
  const world = testWorld({ identity: [{ ...whole }] });
  const [principal] = world.principals;
  if (principal === undefined) throw new Error("the test's world has a role");
  const policies = splitPolicy([whole]).map((document, index) => ({
    name: `part ${String(index)}`,
    document,
  }));
  expect(policies.length).toBeGreaterThan(2);
  const pieces = { ...world, principals: [{ ...principal, policies }] };
  expect(closedWorld(pieces, ROLE, resources)).toEqual(closedWorld(world, ROLE, resources));
});

test("fails when one action on one resource is too long", () => {
  const long = statement("Long", [`arn:aws:s3:::b/${"x".repeat(7000)}`]);
  expect(() => splitPolicy([long])).toThrow(OversizedStatement);
  expect(messageOf(() => splitPolicy([long]))).toBe(
    'statement "Long" has 7128 characters with one action on one resource, and AWS takes 6144; shorten the ARN or its conditions',
  );
});
