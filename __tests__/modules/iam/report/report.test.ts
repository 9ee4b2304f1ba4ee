import { App } from "cdktf";
import { type Grant, policyDocument } from "../../../../modules/iam";
import {
  impossibles,
  LATER,
  permissionRequest,
  type ReportRole,
  reportRoles,
  requestMarkdown,
} from "../../../../modules/iam/report";
import { PlatformStack } from "../../../../modules/platform";
import { testEnvironment } from "../../../support/environment";

const grant = (changes: Partial<Grant> = {}): Grant => ({
  id: "Read",
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::pi--test--acme--in--00000000/*"],
  why: "read what was delivered",
  from: "steps.fetch",
  ...changes,
});

function role(grants: readonly Grant[], changes: Partial<ReportRole> = {}): ReportRole {
  return {
    name: "pi--test--acme--job-fetch",
    arn: "arn:aws:iam::111122223333:role/pi/test/acme/pi--test--acme--job-fetch",
    owner: "acme",
    purpose: "Fetches",
    boundaryArn: "arn:aws:iam::111122223333:policy/limit",
    trust: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "ecs-tasks.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
        },
      ],
    },
    grants,
    policies: [policyDocument(grants)],
    ...changes,
  };
}

const request = (roles: readonly ReportRole[]) =>
  permissionRequest({
    environment: { id: "test", account: "111122223333", region: "eu-central-1" },
    providerVersion: "5.100.0",
    roles,
    partners: [{ id: "acme", company: "Acme" }],
    hosts: [
      {
        pool: "general",
        kind: "ec2",
        partners: ["acme", "beta"],
        reasons: [{ partner: "acme", step: "fetch", reason: "our own program" }],
      },
    ],
    serviceLinkedRoles: ["batch"],
    access: [],
    accessBoundaries: [],
  });

test("a permission is told with its reason, its conditions and what needs it", () => {
  const text = requestMarkdown(
    request([
      role([
        grant({
          conditions: [{ op: "Bool", key: "aws:SecureTransport", values: ["true"] }],
          source: "https://docs.aws.amazon.com/x",
        }),
      ]),
    ]),
  );
  expect(text).toContain(
    "- can `s3:GetObject` on `arn:aws:s3:::pi--test--acme--in--00000000/*`, only if `aws:SecureTransport Bool true`, because of `steps.fetch`: to read what was delivered ([AWS](https://docs.aws.amazon.com/x))",
  );
  expect(text).toContain(
    "Of acme. Fetches. Taken on by `ecs-tasks.amazonaws.com` only with `aws:SourceAccount 111122223333`. Never more than `arn:aws:iam::111122223333:policy/limit`.",
  );
  expect(text).toContain("  - step `fetch` of acme runs its own code there: our own program");
});

test("every * stands with its reason", () => {
  const any = grant({
    actions: ["batch:ListJobs"],
    resources: { any: true, reason: "no-resource-types" },
  });
  expect(requestMarkdown(request([role([any])]))).toContain(
    "- `pi--test--acme--job-fetch`: `batch:ListJobs`: the action takes no resource",
  );
});

test("the digest is of what the policies say, and not of the words around", () => {
  const one = request([role([grant()])]);
  expect(request([role([grant({ why: "other words" })])]).digest).toBe(one.digest);
  expect(request([role([grant({ actions: ["s3:PutObject"] })])]).digest).not.toBe(one.digest);
});

test.each<[string, Partial<Grant>, string]>([
  ["permissions", { actions: ["iam:PassRole"] }, "no role of a workload can change permissions"],
  [
    "bucket policies",
    { actions: ["s3:PutBucketPolicy"] },
    "no role of a workload can change permissions",
  ],
  ["deletion", { actions: ["s3:DeleteObject"] }, "no role of a workload can delete"],
  ["wildcards", { actions: ["s3:Get*"] }, "no grant has a wildcard"],
  ["everything", { resources: { any: true, reason: "id-not-known" } }, "no grant is on everything"],
  [
    "another partner",
    { resources: ["arn:aws:s3:::pi--test--beta--in--00000000/*"] },
    "no role of a partner names",
  ],
  [
    "another partner's prefix",
    { resources: ["arn:aws:s3:::pi--test--platform--ledger--00000000/beta/*"] },
    "no role of a partner names",
  ],
  ["the boundary", { actions: ["s3:PutObject"] }, "no grant goes beyond"],
])("what is impossible is looked at: %s", (_, changes, say) => {
  const boundary = policyDocument([
    grant({
      actions: ["s3:GetObject", "s3:DeleteObject", "s3:Get*", "iam:PassRole", "s3:PutBucketPolicy"],
      resources: ["*"],
    }),
  ]);
  const of = (grants: readonly Grant[]) =>
    impossibles([role(grants)], ["acme", "beta"], boundary)
      .filter(({ holds }) => !holds)
      .map((one) => one.say);
  expect(of([grant()])).toEqual([]);
  const told = of([grant(changes)]);
  expect(told.filter((one) => one.startsWith(say))).toHaveLength(1);
});

test("the roles of a stack, with ids that AWS makes up named as such", () => {
  const stack = new PlatformStack(new App({ skipValidation: true }), testEnvironment());
  const roles = reportRoles(stack, "platform");
  expect(roles.map(({ name }) => name)).toContain("acme--test--platform--host");
  expect(JSON.stringify(roles)).not.toContain("TfToken");
  expect(LATER).toBe("(known after apply)");
});
