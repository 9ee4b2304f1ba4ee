import { checkGrants, type Grant } from "../../../../modules/iam";

const grant = (changes: Partial<Grant> = {}): Grant => ({
  id: "ReadInbox",
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::inbox/*"],
  why: "read what was dropped",
  from: "steps.fetch",
  ...changes,
});

const faults = (...grants: readonly Grant[]) =>
  checkGrants("job-fetch", grants).map(({ rule, message }) => `${rule}: ${message}`);

const GRANT = 'grant "ReadInbox" of role "job-fetch" (needed by steps.fetch)';

test("what is right has no fault", () => {
  expect(
    faults(
      grant(),
      grant({
        id: "List",
        actions: ["s3:ListBucket"],
        resources: ["arn:aws:s3:::inbox"],
        conditions: [{ op: "StringLike", key: "s3:prefix", values: ["a/*"] }],
      }),
      grant({
        id: "Login",
        actions: ["ecr:GetAuthorizationToken"],
        resources: { any: true, reason: "no-resource-types" },
      }),
      grant({
        id: "WriteLogs",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: ["arn:aws:logs:eu-central-1:111122223333:log-group:/acme/test/one/trigger:*"],
      }),
    ),
  ).toEqual([]);
});

const WRONG: readonly (readonly [string, Partial<Grant>, string])[] = [
  [
    "an action that does not exist",
    { actions: ["s3:GetObjects"] },
    `unknown-action: ${GRANT} has the action "s3:GetObjects", which does not exist; it may be meant for "s3:GetObject", "s3:GetObjectAcl", "s3:PutObject"`,
  ],
  [
    "an action of an unknown service",
    { actions: ["glacier:GetArchive"] },
    `unknown-action: ${GRANT} has the action "glacier:GetArchive", which does not exist; the services in the catalog are account, autoscaling, batch, cloudwatch, ec2, ecr, ecs, elasticfilesystem, events, iam, kms, lambda, logs, s3, scheduler, secretsmanager, sns, sqs, ssm, sts, tag`,
  ],
  [
    "an action like no other",
    { actions: ["s3:Xyzzy"] },
    `unknown-action: ${GRANT} has the action "s3:Xyzzy", which does not exist; look for it among the actions of s3`,
  ],
  [
    "an action with other capitals",
    { actions: ["s3:getObject"] },
    `unknown-action: ${GRANT} has the action "s3:getObject", which does not exist; write "s3:GetObject"`,
  ],
  [
    "an action that stands for many",
    { actions: ["s3:Get*"] },
    `wildcard-action: ${GRANT} has the action "s3:Get*", which stands for many; name each action that is needed`,
  ],
  [
    "all resources without need",
    { resources: { any: true, reason: "no-resource-types" } },
    `reason: ${GRANT} allows "s3:GetObject" on all resources, for it were to take none, but it takes "accesspointobject", "object"; name the resources`,
  ],
  [
    "all resources, nothing limits them",
    { actions: ["ec2:DeleteSecurityGroup"], resources: { any: true, reason: "id-not-known" } },
    `reason: ${GRANT} allows all resources, for their ids are not known, without a condition; limit it by a condition, e.g. on aws:ResourceTag or aws:RequestTag`,
  ],
  [
    "a star in the list",
    { resources: ["*"] },
    `resource: ${GRANT} has the resource "*", which is no ARN; name an ARN, or say { any: true, reason: "no-resource-types" } where the actions take none`,
  ],
  [
    "nothing",
    { resources: [] },
    `no-resources: ${GRANT} names no resource; name what it is about, or leave the grant out`,
  ],
  [
    "objects where the action takes buckets",
    { actions: ["s3:ListBucket", "s3:GetObject"] },
    `dead-action: ${GRANT} allows "s3:ListBucket" on "arn:aws:s3:::inbox/*", none of which it takes: it takes arn:\${Partition}:s3:\${Region}:\${Account}:accesspoint/\${AccessPointName} or arn:\${Partition}:s3:::\${BucketName}; name a resource that it takes, or take the action out`,
  ],
  [
    "a resource that no action takes",
    { resources: ["arn:aws:s3:::inbox/*", "arn:aws:s3:::inbox"] },
    `dead-resource: ${GRANT} has the resource "arn:aws:s3:::inbox", which can never be one of "s3:GetObject": they take arn:\${Partition}:s3:\${Region}:\${Account}:accesspoint/\${AccessPointName}/object/\${ObjectName} or arn:\${Partition}:s3:::\${BucketName}/\${ObjectName}; mend the ARN or take it out`,
  ],
  [
    "an ARN for an action that takes none",
    {
      actions: ["batch:ListJobs"],
      resources: ["arn:aws:batch:eu-central-1:111122223333:job-queue/q"],
    },
    `dead-action: ${GRANT} allows "batch:ListJobs" on "arn:aws:batch:eu-central-1:111122223333:job-queue/q", but the action takes no resource and AWS asks for it by "*" alone; give it a grant of its own with { any: true, reason: "no-resource-types" }`,
  ],
  [
    "a key that requests do not have",
    { conditions: [{ op: "StringLike", key: "s3:prefix", values: ["a/*"] }] },
    `condition-key: ${GRANT} has the condition StringLike on "s3:prefix", which requests of "s3:GetObject" do not have; take these actions into a grant without the condition, or the condition out`,
  ],
  [
    "an id that AWS does not take",
    { id: "read-inbox" },
    `id: grant "read-inbox" of role "job-fetch" (needed by steps.fetch) has an id that is not of letters and digits, the first a capital; write one like "ReadLedger"`,
  ],
  [
    "a character that AWS does not take",
    { resources: ["arn:aws:s3:::inbox/caf\u00e9\u2013/*"] },
    `character: ${GRANT} holds the character "\u2013", and AWS takes those up to U+00FF; write it without`,
  ],
];

test.each(WRONG)("tells %s", (_, changes, message) => {
  expect(faults(grant(changes))).toContain(message);
});

test("a wildcard in one part of an ARN does not reach into the next", () => {
  const [told] = faults(
    grant({
      actions: ["batch:CancelJob"],
      resources: ["arn:aws:batch:*:job/x:job-queue/q"],
    }),
  );
  expect(told).toContain("dead-resource:");
});

describe("actions whose requests name several resources", () => {
  const queue = "arn:aws:batch:eu-central-1:111122223333:job-queue/q";
  const job = "arn:aws:batch:eu-central-1:111122223333:job/*";
  const submit = (id: string, resources: readonly string[]): Grant =>
    grant({ id, actions: ["batch:SubmitJob"], resources });

  test("need all of the required types", () => {
    expect(faults(submit("Submit", [queue]))).toEqual([
      'missing-resource-type: grant "Submit" of role "job-fetch" (needed by steps.fetch) allows "batch:SubmitJob" without a resource of the type "job", which every request of it names too; add arn:${Partition}:batch:${Region}:${Account}:job/${JobId}',
    ]);
  });

  test("which may stand in several grants", () => {
    expect(faults(submit("SubmitTo", [queue]), submit("SubmitJobs", [job]))).toEqual([]);
  });
});

test("an ARN that is known only after apply is not judged", () => {
  const text = "${TfToken[TOKEN.7]}";
  expect(faults(grant({ actions: ["elasticfilesystem:ClientMount"], resources: [text] }))).toEqual(
    [],
  );
});

test("two grants of one id", () => {
  expect(faults(grant(), grant())).toEqual([
    `repeated-id: ${GRANT} has the id of another grant of the role, and AWS takes each statement id once; give it an id of its own`,
  ]);
});

test("more than AWS takes", () => {
  const many = Array.from(
    { length: 300 },
    (_, n) => `arn:aws:s3:::inbox/${"x".repeat(20)}${String(n)}/*`,
  );
  expect(faults(grant({ resources: many }), grant({ id: "Small" }))).toEqual([
    'size: the grants of role "job-fetch" have 14193 characters, and AWS takes 10240 in all inline policies of a role; the longest are "ReadInbox" with 14102, "Small" with 129: name fewer resources, or give some of the work to another role',
  ]);
});
