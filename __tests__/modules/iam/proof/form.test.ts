import { type Deployment, formClaims, livenessClaims } from "../../../../modules/iam/proof";
import { allow, BUCKET, ROLE, testWorld } from "../../../support/iam-world";

const THEIRS = "arn:aws:iam::111122223333:policy/their-limit";

const deployment = (changes: Partial<Deployment>): Deployment => ({
  environment: "test",
  world: testWorld({ identity: [allow("s3:GetObject", `${BUCKET}/*`)] }),
  uses: [],
  specs: [],
  bucketKeys: new Map(),
  messageKeys: new Map(),
  unknownBoundaries: [],
  boundaryArns: new Map(),
  access: [],
  readers: [],
  ...changes,
});

const boundary = (changes: Partial<Deployment>) =>
  formClaims(deployment(changes)).find(({ id }) => id === "test/form/boundary");

test("a role without a boundary is told", () => {
  expect(boundary({})).toMatchObject({
    say: "every role has a boundary",
    faults: [`worker (${ROLE}) has no boundary`],
  });
});

test("with a boundary by ARN it is said what is not known", () => {
  const found = boundary({
    unknownBoundaries: [THEIRS],
    boundaryArns: new Map([[ROLE, THEIRS]]),
  });
  expect(found).toMatchObject({
    say: `every role has a boundary; what ${THEIRS} allows is not known here: the claims are about the most that the roles can do, and not whether their calls get through it`,
    faults: [],
  });
});

test("that others have a boundary by ARN does not help a role that has none", () => {
  expect(boundary({ unknownBoundaries: [THEIRS] })?.faults).toEqual([
    `worker (${ROLE}) has no boundary`,
  ]);
});

test("calls are said to be asked as far as the boundary is known", () => {
  const call = {
    role: ROLE,
    say: "read",
    known: "modelled",
    call: {
      action: "s3:GetObject",
      resource: `${BUCKET}/a`,
      context: { "aws:ResourceAccount": "111122223333" },
    },
  } as const;
  const [claim] = livenessClaims(deployment({ unknownBoundaries: [THEIRS] }), [call]);
  expect(claim).toMatchObject({
    say: "every call that a role's work makes is allowed by its policies, its boundary where it is known and the policies of what it calls",
    faults: [],
  });
});
