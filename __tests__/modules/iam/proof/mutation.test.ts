import type { Deployment } from "../../../../modules/iam/proof";
import {
  boundaryMutants,
  denialMutants,
  Judge,
  roleMutants,
} from "../../../../modules/iam/proof/mutation";
import { allow, BUCKET, deny, ROLE, testWorld } from "../../../support/iam-world";

const secure = { Bool: { "aws:SecureTransport": "true" } };
const world = testWorld({
  identity: [
    allow("s3:GetObject", `${BUCKET}/in/*`, { Sid: "Read", Condition: secure }),
    allow("s3:GetObject", `${BUCKET}/in/*`, { Sid: "Again", Condition: secure }),
    allow(["s3:PutObject", "s3:AbortMultipartUpload"], `${BUCKET}/out/*`, { Sid: "Write" }),
  ],
  boundary: [allow("s3:*", `${BUCKET}/*`)],
  resource: {
    [BUCKET]: [deny("s3:PutObject", `${BUCKET}/out/*`, { Principal: "*", Condition: secure })],
  },
});
const deployment: Deployment = {
  environment: "test",
  world,
  // Who may take a role on is asked for roles that work.
  uses: [
    {
      kind: "function",
      role: ROLE,
      owner: "one",
      name: "worker",
      logGroup: "/worker",
      variables: {},
    },
  ],
  specs: [],
  bucketKeys: new Map(),
  messageKeys: new Map(),
  unknownBoundaries: [],
  boundaryArns: new Map(),
  access: [],
  readers: [],
};

test("every fault of a role is noticed, but one that changes nothing", () => {
  const judge = new Judge(deployment);
  const mutants = [
    ...world.principals.flatMap((role) => roleMutants(world, role)),
    ...boundaryMutants(world),
    ...denialMutants(world),
  ];
  const judged = mutants.map(
    (mutant) => `${mutant.operator}, ${mutant.say}: ${judge.judge(mutant)}`,
  );
  expect(judged).toEqual([
    "drop an action, worker, Read: s3:GetObject: equivalent",
    "widen the actions to a service, worker, Read: s3:*: form",
    "widen the resources to everything, worker, Read: *: form",
    "drop the conditions, worker, Read: Bool: closed world",
    "drop an action, worker, Again: s3:GetObject: equivalent",
    "widen the actions to a service, worker, Again: s3:*: form",
    "widen the resources to everything, worker, Again: *: form",
    "drop the conditions, worker, Again: Bool: closed world",
    "drop an action, worker, Write: s3:PutObject: closed world",
    "drop an action, worker, Write: s3:AbortMultipartUpload: closed world",
    "widen the actions to a service, worker, Write: s3:*: form",
    "widen the resources to everything, worker, Write: *: form",
    "drop the boundary, worker: form",
    "open the trust to another account, worker: trust",
    "drop a statement of a boundary, limit, 0: closed world",
    `drop an explicit denial in a resource's policy, ${BUCKET}, 0: all of it: closed world`,
  ]);
});
