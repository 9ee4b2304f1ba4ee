import fc from "fast-check";
import { conditionBlock, type Grant, policyDocument, policyJson } from "../../../modules/iam";

const grant: Grant = {
  id: "ReadThings",
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::b/*"],
  why: "read",
  from: "steps.fetch",
};

test("a grant is a statement", () => {
  expect(
    policyDocument([
      {
        ...grant,
        actions: ["s3:PutObject", "s3:GetObject"],
        conditions: [
          { op: "StringEquals", key: "aws:ResourceAccount", values: ["111122223333"] },
          { op: "StringLike", key: "s3:prefix", values: ["b/*", "a/*"] },
        ],
      },
    ]),
  ).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ReadThings",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: "arn:aws:s3:::b/*",
        Condition: {
          StringEquals: { "aws:ResourceAccount": "111122223333" },
          StringLike: { "s3:prefix": ["a/*", "b/*"] },
        },
      },
    ],
  });
});

test("all resources are written as such", () => {
  const any = { ...grant, resources: { any: true, reason: "no-resource-types" } } as const;
  expect(policyDocument([any]).Statement[0]?.Resource).toBe("*");
});

test("the order of grants, actions and resources changes nothing", () => {
  const texts = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/u), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(texts, texts, texts, (ids, actions, resources) => {
      const grants = ids.map((id) => ({ ...grant, id, actions, resources }));
      const turned = [...grants].reverse().map((one) => ({
        ...one,
        actions: [...actions].reverse(),
        resources: [...resources].reverse(),
      }));
      expect(policyJson(policyDocument(turned))).toBe(policyJson(policyDocument(grants)));
    }),
  );
});

test("a condition that would overwrite another is refused", () => {
  const twice = { op: "StringEquals", key: "aws:SourceArn", values: ["a"] } as const;
  expect(() => conditionBlock([twice, twice])).toThrow(
    "condition StringEquals aws:SourceArn is given twice",
  );
});
