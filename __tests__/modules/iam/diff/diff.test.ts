import { type DiffResource, diffIam, diffMarkdown } from "../../../../modules/iam/diff";

const BUCKET = "arn:aws:s3:::b";

interface RoleInput {
  readonly statements?: readonly unknown[];
  readonly trust?: readonly unknown[];
  readonly boundary?: string | undefined;
}

const LAMBDA = {
  Effect: "Allow",
  Principal: { Service: "lambda.amazonaws.com" },
  Action: "sts:AssumeRole",
};

function role({
  statements = [],
  trust = [LAMBDA],
  boundary = "arn:b",
}: RoleInput): DiffResource[] {
  const resource = (type: string, attributes: Record<string, unknown>): DiffResource => ({
    stack: "s",
    address: `${type}.r`,
    type,
    attributes,
    unknown: [],
  });
  return [
    resource("aws_iam_role", {
      name: "r",
      permissions_boundary: boundary,
      assume_role_policy: JSON.stringify({ Version: "2012-10-17", Statement: trust }),
    }),
    resource("aws_iam_role_policy", {
      name: "grants",
      role: "r",
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    }),
  ];
}

const allow = (Action: unknown, Resource: unknown, Condition?: unknown): unknown => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

const told = (before: RoleInput, after: RoleInput) =>
  diffIam(role(before), role(after)).deltas.map(({ part, kind, widens, risk }) =>
    [part, kind, widens ? "opens" : "closes", risk].join(" "),
  );

const of = (...statements: readonly unknown[]): RoleInput => ({ statements });
const tls = { Bool: { "aws:SecureTransport": "true" } };

test.each<[string, RoleInput, RoleInput, string[]]>([
  ["nothing", of(allow("s3:GetObject", BUCKET)), of(allow(["s3:getobject"], [BUCKET])), []],
  [
    "a pattern and the actions that it stands for",
    of(allow("sqs:Send*", "arn:aws:sqs:eu-west-1:1:q")),
    of(allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:1:q")),
    [],
  ],
  [
    "an action more",
    of(allow("s3:GetObject", BUCKET)),
    of(allow(["s3:GetObject", "s3:PutObject"], BUCKET)),
    ["permissions added opens write"],
  ],
  [
    "an action less",
    of(allow(["s3:GetObject", "s3:PutObject"], BUCKET)),
    of(allow("s3:GetObject", BUCKET)),
    ["permissions removed closes none"],
  ],
  [
    "a wider resource",
    of(allow("s3:GetObject", `${BUCKET}/a/*`)),
    of(allow("s3:GetObject", `${BUCKET}/*`)),
    ["permissions widened opens read"],
  ],
  [
    "a narrower resource",
    of(allow("s3:GetObject", `${BUCKET}/*`)),
    of(allow("s3:GetObject", `${BUCKET}/a/*`)),
    ["permissions narrowed closes none"],
  ],
  [
    "a condition less",
    of(allow("s3:GetObject", BUCKET, tls)),
    of(allow("s3:GetObject", BUCKET)),
    ["permissions condition-removed opens read"],
  ],
  [
    "a condition more",
    of(allow("s3:GetObject", BUCKET)),
    of(allow("s3:GetObject", BUCKET, tls)),
    ["permissions condition-added closes none"],
  ],
  [
    "another condition",
    of(allow("s3:GetObject", BUCKET, tls)),
    of(allow("s3:GetObject", BUCKET, { StringEquals: { "aws:SourceVpce": "v" } })),
    ["permissions condition-changed opens read"],
  ],
  [
    "a value more in a condition",
    of(allow("s3:GetObject", BUCKET, { StringEquals: { "s3:prefix": ["a"] } })),
    of(allow("s3:GetObject", BUCKET, { StringEquals: { "s3:prefix": ["a", "b"] } })),
    ["permissions added opens read"],
  ],
  [
    "a denial less",
    of(allow("s3:GetObject", BUCKET), {
      ...(allow("s3:GetObject", BUCKET) as object),
      Effect: "Deny",
    }),
    of(allow("s3:GetObject", BUCKET)),
    ["permissions removed opens read"],
  ],
  [
    "a role that may be passed",
    of(),
    of(allow("iam:PassRole", "arn:aws:iam::1:role/x")),
    ["permissions added opens escalation"],
  ],
  [
    "a permission to change permissions",
    of(),
    of(allow("s3:PutBucketPolicy", BUCKET)),
    ["permissions added opens permissions"],
  ],
  ["an unknown action", of(), of(allow("new:Thing", "*")), ["permissions added opens escalation"]],
  [
    "all but some",
    of(),
    of({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
    ["permissions added opens escalation"],
  ],
  ["no boundary", {}, { boundary: "" }, ["boundary removed opens escalation"]],
  ["another boundary", {}, { boundary: "arn:c" }, ["boundary changed opens permissions"]],
  ["a boundary now", { boundary: "" }, {}, ["boundary added closes none"]],
  [
    "somebody more is trusted",
    {},
    { trust: [LAMBDA, { ...LAMBDA, Principal: { AWS: "111122223333" } }] },
    ["trust trust-changed opens permissions"],
  ],
  [
    "everybody is trusted",
    {},
    { trust: [{ ...LAMBDA, Principal: "*" }] },
    ["trust trust-changed closes none", "trust trust-changed opens escalation"],
  ],
  [
    "an account, written in two ways",
    { trust: [{ ...LAMBDA, Principal: { AWS: "111122223333" } }] },
    { trust: [{ ...LAMBDA, Principal: { AWS: ["arn:aws:iam::111122223333:root"] } }] },
    [],
  ],
])("%s", (_, before, after, expected) => {
  expect(told(before, after)).toEqual(expected);
});

test("a managed policy that is attached is told, AWS's own as the worst", () => {
  const attachment: DiffResource = {
    stack: "s",
    address: "aws_iam_role_policy_attachment.a",
    type: "aws_iam_role_policy_attachment",
    attributes: { role: "r", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    unknown: [],
  };
  expect(diffMarkdown(diffIam(role({}), [...role({}), attachment]))).toBe(
    [
      "IAM: **more becomes possible** (highest risk: escalation).",
      "",
      "### Opens",
      "",
      "- `r`: attached added (escalation): `arn:aws:iam::aws:policy/AdministratorAccess`",
    ].join("\n"),
  );
});

test("a policy that a plan does not know is told as such", () => {
  const [made, policy] = role({});
  const hidden = {
    ...policy,
    attributes: { role: "r" },
    unknown: ["policy"],
  } as DiffResource;
  expect(diffMarkdown(diffIam(role({}), [made as DiffResource, hidden]))).toContain(
    "- `r`: unknown (escalation): `s aws_iam_role_policy.r.policy` is known only after apply, nothing can be said about it",
  );
});

test("text for the comment of a pull request: what opens first, actions together", () => {
  const before = of(
    allow(["s3:GetObject", "s3:PutObject"], `${BUCKET}/a/*`),
    allow("s3:ListBucket", BUCKET),
  );
  const after = of(allow(["s3:GetObject", "s3:PutObject"], `${BUCKET}/*`, tls));
  expect(diffMarkdown(diffIam(role(before), role(after)))).toBe(
    [
      "IAM: **more becomes possible** (highest risk: write).",
      "",
      "### Opens",
      "",
      "- `r`: added (write): `s3:GetObject`, `s3:PutObject` on `arn:aws:s3:::b/*` if `Bool aws:SecureTransport true`",
      "",
      "### Closes",
      "",
      "- `r`: removed: `s3:GetObject`, `s3:PutObject` on `arn:aws:s3:::b/a/*` without conditions",
      "- `r`: removed: `s3:ListBucket` on `arn:aws:s3:::b` without conditions",
    ].join("\n"),
  );
});
