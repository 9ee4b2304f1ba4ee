import type { EnvironmentInput, PartnerInput } from "../../../modules/config";
import { fixedFacts } from "../../../modules/platform";
import { testEnvironment } from "../../support/environment";
import { messageOf, partnerInput, testResolved } from "../../support/partner";
import { partnerTemplate } from "../../support/partner-template";

type GrantInput = NonNullable<NonNullable<PartnerInput["steps"]>[string]["grants"]>[string];

const rates: GrantInput = {
  actions: ["s3:GetObject"],
  resources: ["arn:{partition}:s3:::our-rates/{environment}/*"],
  reason: "look up the rates of today",
};

/** Settings with grants of the step `fetch`. */
function withGrants(grants: Readonly<Record<string, unknown>>): Partial<PartnerInput> {
  const { steps } = partnerInput();
  return { steps: { ...steps, fetch: { ...steps["fetch"], grants } as never } };
}

const told = (changes: object, environment?: EnvironmentInput["boundary"]): string =>
  messageOf(() =>
    testResolved(
      withGrants({ rates: { ...rates, ...changes } }),
      testEnvironment(environment === undefined ? {} : { boundary: environment }),
    ),
  );

const PATH = "partners/acme.steps.fetch.grants.rates";
const QUEUE = "arn:aws:sqs:eu-central-1:111122223333:rates";

test("a step may do what its settings grant, in its container and nowhere else", () => {
  const template = partnerTemplate(withGrants({ rates }));
  const extra = (id: string): unknown[] =>
    template
      .policy("aws_iam_role_policy", id)
      .Statement.filter(({ Sid }) => Sid?.startsWith("Extra") === true);
  expect(extra("job_fetch")).toEqual([
    {
      Sid: "ExtraRates",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::our-rates/test/*",
      Condition: { StringEquals: { "aws:ResourceAccount": "111122223333" } },
    },
  ]);
  for (const id of ["job_publish", "exec_fetch", "trigger"]) expect(extra(id)).toEqual([]);
});

const WRONG: readonly (readonly [string, object, string])[] = [
  [
    "an action that does not exist",
    { actions: ["s3:GetObjects"] },
    `${PATH} has the action "s3:GetObjects", which does not exist; it may be meant for "s3:GetObject", "s3:GetObjectAcl", "s3:PutObject"`,
  ],
  [
    "an action that stands for many",
    { actions: ["s3:Get*"] },
    `${PATH} has the action "s3:Get*", which stands for many; name each action that is needed`,
  ],
  [
    "a condition key that requests do not have",
    { conditions: [{ op: "StringLike", key: "s3:prefixes", values: ["a/*"] }] },
    `${PATH} has the condition StringLike on "s3:prefixes", which requests of "s3:GetObject" do not have; take these actions into a grant without the condition, or the condition out`,
  ],
  [
    "an ARN that can never match",
    { resources: ["arn:aws:s3:::our-rates"] },
    [
      `${PATH} has the resource "arn:aws:s3:::our-rates", which can never be one of "s3:GetObject": they take arn:\${Partition}:s3:\${Region}:\${Account}:accesspoint/\${AccessPointName}/object/\${ObjectName} or arn:\${Partition}:s3:::\${BucketName}/\${ObjectName}; mend the ARN or take it out`,
      `${PATH} allows "s3:GetObject" on "arn:aws:s3:::our-rates", none of which it takes: it takes arn:\${Partition}:s3:\${Region}:\${Account}:accesspoint/\${AccessPointName}/object/\${ObjectName} or arn:\${Partition}:s3:::\${BucketName}/\${ObjectName}; name a resource that it takes, or take the action out`,
    ].join("\n"),
  ],
  [
    "a wildcard without a reason",
    { resources: ["*"] },
    `${PATH} has the resource "*", which is no ARN; name an ARN, or say { any: true, reason: "no-resource-types" } where the actions take none`,
  ],
  [
    "a wildcard whose reason does not hold",
    { resources: { any: true, reason: "no-resource-types" } },
    `${PATH} allows "s3:GetObject" on all resources, for it were to take none, but it takes "accesspointobject", "object"; name the resources`,
  ],
  [
    "no reason",
    { reason: undefined },
    `${PATH}.reason is missing, it must be a text of at least 10 characters; add it`,
  ],
  [
    "an unknown placeholder",
    { resources: ["arn:aws:s3:::our-rates/{stage}/*"] },
    `${PATH} holds the unknown placeholder "{stage}" in "arn:aws:s3:::our-rates/{stage}/*"; known are "{partition}", "{account}", "{region}", "{environment}"`,
  ],
  [
    "another account",
    { actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:eu-central-1:444455556666:rates"] },
    `${PATH} has the resource "arn:aws:sqs:eu-central-1:444455556666:rates" of the account "444455556666", and environment "test" is in 111122223333; write {account}, which stands for the environment's own, or take it out`,
  ],
  [
    "another environment of the account",
    { resources: ["arn:aws:s3:::acme--prod--acme--processed--0a1b2c3d/*"] },
    `${PATH} has the resource "arn:aws:s3:::acme--prod--acme--processed--0a1b2c3d/*" of the environment "prod", and this is "test"; write {environment} where each environment has its own, or take it out`,
  ],
  [
    "another partner",
    { resources: ["arn:aws:s3:::acme--test--other--processed--0a1b2c3d/*"] },
    `${PATH} has the resource "arn:aws:s3:::acme--test--other--processed--0a1b2c3d/*", which is or can be a thing of the platform or of another partner; name one thing of your own, or what begins with "acme--test--acme--"`,
  ],
  [
    "a pattern that others' buckets match",
    { resources: ["arn:aws:s3:::*-rates/*"] },
    `${PATH} has the resource "arn:aws:s3:::*-rates/*", which is or can be a thing of the platform or of another partner; name one thing of your own, or what begins with "acme--test--acme--"`,
  ],
  [
    "the key that all share",
    {
      actions: ["kms:Decrypt"],
      resources: ["arn:aws:kms:eu-central-1:111122223333:key/*"],
      conditions: [
        { op: "StringEquals", key: "kms:ViaService", values: ["s3.eu-central-1.amazonaws.com"] },
      ],
    },
    `${PATH} has the resource "arn:aws:kms:eu-central-1:111122223333:key/*", which is or can be ${JSON.stringify(fixedFacts(testEnvironment()).keys.data)}, and that is shared by all partners; name a key or file system of your own`,
  ],
  [
    "more power than a workload has",
    { actions: ["s3:PutBucketPolicy"], resources: ["arn:aws:s3:::our-rates"] },
    `${PATH} allows "s3:PutBucketPolicy", which gives permissions or identities; take it out: no workload gets more than it was given`,
  ],
  [
    "what the boundary does not allow",
    { actions: ["sqs:SendMessage"], resources: [QUEUE] },
    `${PATH} allows "sqs:SendMessage" on "${QUEUE}", which the permissions boundary of the environment does not allow; who answers for the environment adds it to environments/test.boundary.allow, with a reason, and applies the bootstrap stack; or take it out`,
  ],
  [
    "a condition that the boundary has",
    {
      actions: ["kms:Decrypt"],
      resources: ["arn:aws:kms:eu-central-1:111122223333:key/of-our-rates"],
    },
    `${PATH} allows "kms:Decrypt" without a condition that the permissions boundary of the environment has: StringEquals kms:ViaService s3.eu-central-1.amazonaws.com | secretsmanager.eu-central-1.amazonaws.com | sns.eu-central-1.amazonaws.com | sqs.eu-central-1.amazonaws.com | ssm.eu-central-1.amazonaws.com; add the condition, with one or more of its values`,
  ],
  [
    "a condition twice",
    {
      conditions: [1, 2].map((n) => ({
        op: "StringEquals",
        key: "aws:ResourceAccount",
        values: [`11112222333${String(n)}`],
      })),
    },
    `${PATH} has the condition StringEquals on "aws:ResourceAccount" twice, and a policy takes it once; put the values into one`,
  ],
];

test.each(WRONG)("tells %s", (_, changes, message) => {
  expect(told(changes)).toBe(message);
});

test("a name that can be no id of a statement is told by its path", () => {
  expect(messageOf(() => testResolved(withGrants({ "our-rates": rates })))).toBe(
    'partners/acme.steps.fetch.grants["our-rates"] has an id that is not of letters and digits, the first a capital; write one like "ReadLedger"',
  );
});

describe("a policy that AWS would not take", () => {
  const long = (count: number): Partial<PartnerInput> =>
    withGrants({
      rates: {
        ...rates,
        resources: Array.from(
          { length: count },
          (_, n) => `arn:aws:s3:::our-rates/${"x".repeat(20)}${String(n)}/*`,
        ),
      },
    });
  const role = 'the grants of role "acme--test--acme--job-fetch"';
  const todo = "name fewer resources, or give some of the work to another role";

  test("for what the settings grant alone", () => {
    expect(messageOf(() => testResolved(long(200)))).toBe(
      `${role} have 10271 characters, and AWS takes 10240 in all inline policies of a role; the longest are ${PATH} with 10271: ${todo}`,
    );
  });

  test("for that and what the step needs together", () => {
    const text = messageOf(() => partnerTemplate(long(190)));
    expect(text).toContain(`${role} have 1`);
    expect(text).toContain(`; the longest are ${PATH} with 9761, "MountStaging" with `);
    expect(text).toContain(`: ${todo}`);
  });
});

describe("a boundary that the environment's file adds to", () => {
  const send: GrantInput = {
    actions: ["sqs:SendMessage"],
    resources: ["arn:{partition}:sqs:{region}:{account}:rates"],
    reason: "ask for the rates of today",
  };
  const boundary = { kind: "create", allow: { rates: send } } as const;

  test("lets a step be granted that", () => {
    const template = partnerTemplate(withGrants({ send }), testEnvironment({ boundary }));
    expect(JSON.stringify(template.policy("aws_iam_role_policy", "job_fetch"))).toContain(QUEUE);
  });

  test("and nothing else", () => {
    expect(told({ actions: ["sqs:ReceiveMessage"], resources: [QUEUE] }, boundary)).toContain(
      `${PATH} allows "sqs:ReceiveMessage" on`,
    );
  });
});

test("a boundary of somebody else is not known, and nothing is held against it", () => {
  const boundary = { kind: "existing", arn: "arn:aws:iam::111122223333:policy/limit" } as const;
  const template = partnerTemplate(
    withGrants({ rates: { ...rates, actions: ["sqs:SendMessage"], resources: [QUEUE] } }),
    testEnvironment({ boundary }),
  );
  expect(JSON.stringify(template.policy("aws_iam_role_policy", "job_fetch"))).toContain(QUEUE);
});

test("names of actions are typed", () => {
  // @ts-expect-error -- there is no such action
  const wrong: GrantInput["actions"][number] = "s3:GetObjects";
  expect(told({ actions: [wrong] })).toContain(`${PATH} has the action "s3:GetObjects"`);
});
