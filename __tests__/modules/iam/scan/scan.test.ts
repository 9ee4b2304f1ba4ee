import fc from "fast-check";
import {
  closedWorld,
  decide,
  evaluate,
  type IamRequest,
  type Permission,
  RoleView,
} from "../../../../modules/iam";
import { ACTIONS, request, RESOURCES, worldInput } from "../../../support/iam-arbitraries";
import {
  ACCOUNT,
  allow,
  BUCKET,
  deny,
  KEY,
  OTHER_ACCOUNT,
  QUEUE,
  ROLE,
  testWorld,
  type WorldInput,
} from "../../../support/iam-world";

const scan = (input: WorldInput, resources: readonly string[] = RESOURCES) =>
  closedWorld(
    testWorld(input),
    ROLE,
    resources.map((arn) => ({ arn })),
  );

const decideOne = (input: WorldInput, { action, resource }: IamRequest) =>
  decide(new RoleView(testWorld(input), ROLE), action, { arn: resource });

const told = ({ permissions }: { readonly permissions: readonly Permission[] }) =>
  permissions.map(({ action, resource, ways, unless }) => ({
    [`${action} ${resource.arn}`]: ways,
    ...(unless.length > 0 ? { unless } : {}),
  }));

test("the whole catalog is decided, and what is not told is denied", () => {
  const { decisions, permissions } = scan({ identity: [allow("s3:GetObject", `${BUCKET}/a/*`)] });
  expect(decisions).toBeGreaterThan(2000 * RESOURCES.length);
  expect(told({ permissions })).toEqual([{ [`s3:GetObject ${BUCKET}/a/x`]: [[]] }]);
});

test("conditions of policy and boundary come together, without what follows from the rest", () => {
  const through = (values: readonly string[]) => ({
    Condition: { StringEquals: { "kms:ViaService": values } },
  });
  const context = {
    Condition: {
      ...through(["s3.eu"]).Condition,
      StringLike: { "kms:EncryptionContext:aws:s3:arn": `${BUCKET}*` },
    },
  };
  const answer = scan(
    {
      identity: [allow("kms:Decrypt", KEY, context)],
      boundary: [allow("kms:*", "*", through(["s3.eu", "ssm.eu"]))],
      resource: {
        [KEY]: [allow("kms:*", "*", { Principal: { AWS: ACCOUNT } })],
      },
    },
    [KEY],
  );
  expect(told(answer)).toEqual([
    {
      [`kms:Decrypt ${KEY}`]: [
        [
          "StringEquals kms:ViaService s3.eu",
          `StringLike kms:EncryptionContext:aws:s3:arn ${BUCKET}*`,
        ],
      ],
    },
  ]);
});

test("a way that no request can go is none", () => {
  const only = (value: string) => ({ Condition: { StringEquals: { "s3:prefix": value } } });
  expect(
    told(
      scan(
        {
          identity: [allow("s3:ListBucket", BUCKET, only("a"))],
          boundary: [allow("s3:*", "*", only("b"))],
        },
        [BUCKET],
      ),
    ),
  ).toEqual([]);
});

test("a Deny with a condition is told beside the ways", () => {
  const plain = { Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } };
  expect(
    told(
      scan(
        {
          identity: [allow("s3:ListBucket", BUCKET)],
          resource: { [BUCKET]: [deny("s3:*", [BUCKET, `${BUCKET}/*`], plain)] },
        },
        [BUCKET],
      ),
    ),
  ).toEqual([{ [`s3:ListBucket ${BUCKET}`]: [[]], unless: [["Bool aws:SecureTransport false"]] }]);
});

test("a bucket of the same name in another account is another bucket", () => {
  const inAccount = { Condition: { StringEquals: { "aws:ResourceAccount": ACCOUNT } } };
  const world = testWorld({ identity: [allow("s3:ListBucket", BUCKET, inAccount)] });
  const ask = (account: string) =>
    closedWorld(world, ROLE, [{ arn: BUCKET, account }]).permissions.map(({ ways }) => ways);
  expect(ask(ACCOUNT)).toEqual([[[`StringEquals aws:ResourceAccount ${ACCOUNT}`]]]);
  expect(ask(OTHER_ACCOUNT)).toEqual([]);
});

test("an action without resources is asked for by a star alone", () => {
  const answer = scan({ identity: [allow(["batch:ListJobs", "sqs:SendMessage"], "*")] }, [
    "*",
    QUEUE,
  ]);
  expect(told(answer)).toEqual([
    { "batch:ListJobs *": [[]] },
    { "sqs:SendMessage *": [[]] },
    { [`sqs:SendMessage ${QUEUE}`]: [[]] },
  ]);
});

test("what the resource alone allows is told too", () => {
  expect(
    told(
      scan(
        { resource: { [QUEUE]: [allow("sqs:SendMessage", QUEUE, { Principal: { AWS: ROLE } })] } },
        [QUEUE],
      ),
    ),
  ).toEqual([{ [`sqs:SendMessage ${QUEUE}`]: [[]] }]);
});

test("every request that is allowed is among what a role can do", () => {
  let allowed = 0;
  fc.assert(
    fc.property(worldInput, request, (input, of) => {
      const asRole = { ...of, caller: { kind: "role", arn: ROLE } } as const;
      fc.pre(evaluate(testWorld(input), asRole).decision === "Allowed");
      allowed += 1;
      expect(decideOne(input, of)).toBeDefined();
    }),
    { numRuns: 300, maxSkipsPerRun: 1000 },
  );
  expect(allowed).toBeGreaterThanOrEqual(300);
});

test("a way without conditions that nothing closes is open to every request", () => {
  fc.assert(
    fc.property(worldInput, request, (input, of) => {
      const asRole = { ...of, caller: { kind: "role", arn: ROLE } } as const;
      const found = decideOne(input, of);
      fc.pre(found?.unless.length === 0 && found.ways.some((way) => way.length === 0));
      expect(evaluate(testWorld(input), asRole).decision).toBe("Allowed");
    }),
    { numRuns: 200, maxSkipsPerRun: 1000 },
  );
});

test("the actions of chance are actions of the catalog", () => {
  const answer = scan({
    identity: [allow("*", "*")],
    resource: { [KEY]: [allow("kms:*", "*", { Principal: { AWS: ACCOUNT } })] },
  });
  const all = new Set(answer.permissions.map(({ action }) => action));
  expect(ACTIONS.filter((action) => !all.has(action))).toEqual([]);
});
