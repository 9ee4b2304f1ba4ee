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

describe("uses of a key", () => {
  const use = (id: string, action: string, value = "arn:aws:s3:::inbox"): Grant => ({
    id,
    actions: [action],
    resources: ["arn:aws:kms:eu-central-1:111122223333:key/k"],
    conditions: [{ op: "StringLike", key: "kms:EncryptionContext:aws:s3:arn", values: [value] }],
    why: "read and write",
    from: "steps.fetch",
  });
  const told = (...grants: readonly Grant[]) =>
    policyDocument(grants).Statement.map(({ Sid, Action }) => [Sid, Action]);

  test("for the same thing are one statement", () => {
    expect(
      told(
        use("WriteKey", "kms:GenerateDataKey"),
        use("ReadKey", "kms:Decrypt"),
        use("AgainKey", "kms:Decrypt"),
      ),
    ).toEqual([["WriteKey", ["kms:Decrypt", "kms:GenerateDataKey"]]]);
  });

  test("for different things stay apart", () => {
    expect(
      told(use("One", "kms:Decrypt"), use("Two", "kms:Decrypt", "arn:aws:s3:::outbox")),
    ).toEqual([
      ["One", "kms:Decrypt"],
      ["Two", "kms:Decrypt"],
    ]);
  });

  test("that a user's setting asks for stay the user's", () => {
    const setting = "partners/acme.steps.fetch.grants.two";
    expect(told(use("One", "kms:Decrypt"), { ...use("Two", "kms:Decrypt"), setting })).toEqual([
      ["One", "kms:Decrypt"],
      ["Two", "kms:Decrypt"],
    ]);
  });
});
