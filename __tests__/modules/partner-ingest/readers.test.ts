import type { PartnerInput } from "../../../modules/config";
import { testEnvironment } from "../../support/environment";
import { messageOf, partnerInput, testResolved } from "../../support/partner";
import { partnerTemplate } from "../../support/partner-template";

const ROLE = "arn:aws:iam::210987654321:role/feed-reader";
const { fetch } = partnerInput().steps;
if (fetch === undefined) throw new Error("the smallest partner fetches");

const changes = (reader: object): Partial<PartnerInput> => ({
  steps: {
    fetch,
    publish: {
      kind: "publish",
      after: ["fetch"],
      prefix: "out/",
      stable: { "current/feed.tsv": "feed.tsv" },
    },
  },
  readers: { medium: { principals: [ROLE], reason: "read what was delivered", ...reader } },
});

const BUCKET = "acme--test--acme--processed--";

test("a reader gets a role that lists and reads what is delivered, and nothing else", () => {
  const { Statement } = partnerTemplate(changes({})).policy("aws_iam_role_policy", "reader_medium");
  const short = (text: string): string => text.replace(/^.*:::|[0-9a-f]{8}(?=\/|$)/gu, "");
  expect(
    Statement.map(({ Action, Resource }) => [Action, [Resource ?? []].flat().map(short)]),
  ).toEqual([
    ["kms:Decrypt", [expect.stringMatching(/^arn:aws:kms:/u)]],
    ["s3:ListBucket", [BUCKET]],
    ["s3:GetObject", [`${BUCKET}/current/feed.tsv`, `${BUCKET}/out/*`]],
  ]);
  expect(Statement[1]?.Condition).toEqual({
    StringEquals: { "aws:ResourceAccount": "111122223333" },
    StringLike: { "s3:prefix": ["current/feed.tsv", "out/*"] },
  });
  expect(Statement[0]?.Condition).toMatchObject({
    StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
  });
});

test("the role is trusted by those who are named, and bounded as all others", () => {
  const template = partnerTemplate(
    changes({
      principals: [ROLE, { account: "333333333333", reason: "their roles change by the week" }],
      externalId: "feed-7",
    }),
  );
  expect(template.policy("aws_iam_role", "reader_medium", "assume_role_policy")).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Trust",
        Effect: "Allow",
        Principal: { AWS: [ROLE, "arn:aws:iam::333333333333:root"] },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "feed-7" } },
      },
    ],
  });
  expect(template.resource("aws_iam_role", "reader_medium")).toMatchObject({
    name: "acme--test--acme--reader-medium",
    path: "/acme/test/acme/",
    permissions_boundary:
      "arn:aws:iam::111122223333:policy/acme/test/bootstrap/acme--test--bootstrap--boundary",
    max_session_duration: 3600,
  });
});

test("an output tells readers what to take on and where to read", () => {
  const { json } = partnerTemplate(changes({ prefixes: ["current/feed.tsv"] }));
  const { output } = json as { output: Record<string, { value: unknown }> };
  expect(output["readers"]?.value).toEqual({
    medium: {
      roleArn: "arn:aws:iam::111122223333:role/acme/test/acme/acme--test--acme--reader-medium",
      bucket: expect.stringContaining(BUCKET) as string,
      prefixes: ["current/feed.tsv"],
    },
  });
});

test("a partner without readers has no output of them", () => {
  expect(partnerTemplate().json["output"]).toBeUndefined();
});

test.each<[string, object, string]>([
  [
    "a role of another partition",
    { principals: [ROLE.replace("arn:aws:", "arn:aws-cn:")] },
    'partners/acme.readers.medium.principals[0] must be of partition "aws", where environment test is, got "arn:aws-cn:iam::210987654321:role/feed-reader"; a role can not be taken on from another partition',
  ],
  [
    "a role of the environment itself",
    {
      principals: ["arn:aws:iam::111122223333:role/acme/test/other/acme--test--other--job-fetch"],
    },
    'partners/acme.readers.medium.principals[0] must not be a role of environment test itself, got "arn:aws:iam::111122223333:role/acme/test/other/acme--test--other--job-fetch"; those have all that they need, and take no role on',
  ],
  [
    "more than fits into a trust policy",
    { principals: Array.from({ length: 60 }, (_, index) => `${ROLE}-${String(index)}`) },
    "partners/acme.readers.medium.principals makes a trust policy of 2989 characters, and AWS takes 2048, white space not counted; make several readers, or name one role of a group instead of each person",
  ],
])("a reader is refused in an environment: %s", (_, reader, fault) => {
  expect(messageOf(() => testResolved(changes(reader), testEnvironment()))).toBe(fault);
});
