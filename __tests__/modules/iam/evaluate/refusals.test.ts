import { evaluate, UnsupportedConstruct } from "../../../../modules/iam";
import { parsePolicy } from "../../../../modules/iam/evaluate/parse";
import {
  allow,
  BUCKET,
  deny,
  KEY,
  QUEUE,
  request,
  ROLE,
  type StatementInput,
  testWorld,
  type WorldInput,
} from "../../../support/iam-world";
import { messageOf } from "../../../support/partner";

const get = request("s3:GetObject", `${BUCKET}/a`);

function refusal(input: WorldInput, of = get): string {
  const work = () => evaluate(testWorld(input), of);
  expect(work).toThrow(UnsupportedConstruct);
  return messageOf(work);
}

const IDENTITY = 'the identity policy "grants", statement';

const STATEMENTS: readonly (readonly [string, StatementInput, string])[] = [
  [
    "an Allow of all actions but some",
    { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
    `${IDENTITY} "#1", allows by NotAction; name each Action that is allowed`,
  ],
  [
    "an Allow of all resources but some",
    { Sid: "Most", Effect: "Allow", Action: "s3:*", NotResource: BUCKET },
    `${IDENTITY} "Most", allows by NotResource; name each Resource that is allowed`,
  ],
  [
    "a variable in a resource",
    allow("s3:GetObject", `${BUCKET}/\${aws:username}/*`),
    `${IDENTITY} "#1", holds the variable "arn:aws:s3:::inbox/\${aws:username}/*"; write the text itself`,
  ],
  [
    "a Terraform reference in a condition",
    allow("s3:GetObject", "*", {
      Condition: { StringEquals: { "s3:prefix": "${aws_s3_bucket.a.id}" } },
    }),
    `${IDENTITY} "#1", holds the variable "\${aws_s3_bucket.a.id}"; write the text itself`,
  ],
  [
    "an operator that is not evaluated",
    allow("s3:GetObject", "*", { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }),
    `${IDENTITY} "#1", has the operator "IpAddress"; use one that is evaluated here`,
  ],
  [
    "a value of another kind",
    allow("s3:GetObject", "*", { Condition: { Bool: { "aws:SecureTransport": "yes" } } }),
    `${IDENTITY} "#1", has the value "yes" for "aws:SecureTransport", which is neither true nor false; mend it`,
  ],
  [
    "a condition without values",
    allow("s3:GetObject", "*", { Condition: { StringEquals: { "s3:prefix": [] } } }),
    `${IDENTITY} "#1", has no value for "s3:prefix"; give one`,
  ],
  [
    "a principal in a policy of a role",
    allow("s3:GetObject", "*", { Principal: "*" }),
    `${IDENTITY} "#1", has a Principal; take it out: the policy is attached to whom it is about`,
  ],
  [
    "a misspelt part",
    allow("s3:GetObject", "*", { Conditions: {} }),
    `${IDENTITY} "#1", has "Conditions"; name what is meant instead`,
  ],
  [
    "everybody but some",
    allow("s3:GetObject", "*", { NotPrincipal: { AWS: ROLE } }),
    `${IDENTITY} "#1", has "NotPrincipal"; name what is meant instead`,
  ],
  ["no action", { Effect: "Allow", Resource: "*" }, `${IDENTITY} "#1", has no Action; give one`],
  [
    "two kinds of action",
    { Effect: "Deny", Action: "s3:*", NotAction: "s3:*", Resource: "*" },
    `${IDENTITY} "#1", has two kinds of Action; give one`,
  ],
  ["an empty list", allow([], "*"), `${IDENTITY} "#1", has an empty Action; name what is meant`],
  [
    "an unknown effect",
    { Effect: "allow", Action: "s3:*", Resource: "*" },
    `${IDENTITY} "#1", has the effect "allow"; write Allow or Deny`,
  ],
];

test.each(STATEMENTS)("refuses %s", (_, statement, message) => {
  expect(refusal({ identity: [statement] })).toBe(message);
});

test.each([
  ["a pattern of users", { AWS: "arn:aws:iam::111122223333:user/*" }],
  ["a session", { AWS: "arn:aws:sts::111122223333:assumed-role/x/y" }],
  ["a pattern of roles", { AWS: "arn:aws:iam::111122223333:role/*" }],
  ["all services", { Service: "*" }],
  ["a canonical user", { CanonicalUser: "79a59d" }],
])("refuses %s as a principal", (_, Principal) => {
  expect(refusal({ resource: { [BUCKET]: [allow("s3:*", "*", { Principal })] } })).toBe(
    `the resource policy "arn:aws:s3:::inbox", statement "#1", has the principal ${JSON.stringify(Principal)}; name roles, users, accounts, services or identity providers`,
  );
});

test("refuses a resource's policy without a principal", () => {
  expect(refusal({ resource: { [BUCKET]: [deny("s3:*", "*")] } })).toBe(
    'the resource policy "arn:aws:s3:::inbox", statement "#1", has no Principal; say whom it is about',
  );
});

test("refuses a trust policy with a resource", () => {
  expect(refusal({ trust: [allow("sts:AssumeRole", ROLE, { Principal: "*" })] })).toBe(
    `the trust policy "${ROLE}", statement "#1", has a Resource; take it out: a trust policy is about its role`,
  );
});

test.each([
  [{ Statement: [] }, 'has the version nothing; write "2012-10-17"'],
  [{ Version: "2008-10-17", Statement: [] }, 'has the version "2008-10-17"; write "2012-10-17"'],
  [{ Version: "2012-10-17", Statements: [] }, 'has "Statements"; take it out'],
  ["text", "is no object; give a policy document"],
])("refuses the document %j", (document, message) => {
  const place = { layer: "identity", policy: "grants" } as const;
  expect(messageOf(() => parsePolicy(document, place))).toBe(
    `the identity policy "grants", statement "document", ${message}`,
  );
});

describe("what AWS does not document is not answered", () => {
  test("everybody is allowed, the boundary does not", () => {
    const everybody = allow("sqs:SendMessage", QUEUE, { Sid: "Open", Principal: "*" });
    // Naming the role as well does not make it clear.
    const named = allow("sqs:SendMessage", QUEUE, { Sid: "Named", Principal: { AWS: ROLE } });
    const input = { boundary: [allow("s3:*", "*")], resource: { [QUEUE]: [named, everybody] } };
    expect(refusal(input, request("sqs:SendMessage", QUEUE))).toBe(
      `sqs:SendMessage on "${QUEUE}": everybody is allowed by the resource policy "${QUEUE}", statement "Named" and the resource policy "${QUEUE}", statement "Open", the boundary does not allow it, and AWS does not document which counts; name roles or accounts instead of everybody`,
    );
  });

  test("a key whose policy is not known", () => {
    expect(refusal({ identity: [allow("*", "*")] }, request("kms:Decrypt", KEY))).toBe(
      `kms:Decrypt on "${KEY}": the key's policy is not known, and nobody may use a key without it; put it into the world`,
    );
  });

  test("a bucket whose account is not known", () => {
    expect(
      refusal({ identity: [allow("*", "*")] }, request("s3:GetObject", "arn:aws:s3:::other/x")),
    ).toBe(
      's3:GetObject on "arn:aws:s3:::other/x": it is not known whose account the resource is in; say so by aws:ResourceAccount',
    );
  });

  test("several values of a key for one value", () => {
    const statement = allow("s3:GetObject", "*", {
      Condition: { StringEquals: { "aws:TagKeys": "a" } },
    });
    expect(
      refusal({ identity: [statement] }, { ...get, context: { "aws:TagKeys": ["a", "b"] } }),
    ).toBe(
      `${IDENTITY} "#1", compares "aws:tagkeys" by StringEquals, and the request of s3:GetObject has several values; compare it by ForAnyValue or ForAllValues`,
    );
  });
});

test("a request can not say something else about its caller", () => {
  const lie = { ...get, context: { "aws:PrincipalArn": `${ROLE}2` } };
  expect(messageOf(() => evaluate(testWorld({}), lie))).toBe(
    `the request of s3:GetObject says aws:PrincipalArn is ["${ROLE}2"], it is "${ROLE}"`,
  );
});
