import {
  type Environment,
  type EnvironmentFacts,
  type EnvironmentInput,
  type ImagesLock,
  type PartnerInput,
} from "../../../modules/config";
import { resolvePartner } from "../../../modules/partner-ingest";
import { fixedFacts } from "../../../modules/platform";
import { testEnvironment } from "../../support/environment";
import {
  messageOf,
  partnerInput,
  testImagesLock,
  testPartner,
  testResolved,
} from "../../support/partner";

const pools: EnvironmentInput["pools"] = {
  general: {},
  own: { tenancy: { partner: "acme" } },
  other: { tenancy: { partner: "other" } },
  serverless: { kind: "fargate" },
  small: { families: ["c6i", "m6i"], maxVcpus: 16 },
  odd: { families: ["x2idn"] },
};
const environment = testEnvironment({ pools, images: ["worker", "teleport"] });

interface Changes {
  readonly environment?: Environment;
  readonly facts?: EnvironmentFacts | undefined;
  readonly imagesLock?: ImagesLock;
}

function message(partner: Partial<PartnerInput>, changes: Changes = {}): string {
  return messageOf(() =>
    resolvePartner({
      partner: testPartner(partner),
      environment,
      facts: fixedFacts(environment),
      imagesLock: testImagesLock(environment),
      ...changes,
    }),
  );
}

/** Settings with another step `fetch`. */
function withFetch(changes: object): Partial<PartnerInput> {
  const { steps } = partnerInput();
  return { steps: { ...steps, fetch: { ...steps["fetch"], ...changes } as never } };
}

describe("a partner and the pools of its environment", () => {
  it.each<[string, Partial<PartnerInput>, string]>([
    [
      "an unknown pool of the partner, told once for all its steps",
      { compute: { pool: "big" } },
      `partners/acme.compute.pool is no pool of environment "test", got "big"; known are "general", "own", "other", "serverless", "small", "odd"; use one of them, or add to environments/test.ts: pools: { "big": { kind: "ec2-spot-fallback" } }`,
    ],
    [
      "an unknown pool of a step that asks for its own hosts",
      withFetch({ compute: { pool: "mine" }, isolation: "dedicated" }),
      `partners/acme.steps.fetch.compute.pool is no pool of environment "test", got "mine"; known are "general", "own", "other", "serverless", "small", "odd"; use one of them, or add to environments/test.ts: pools: { "mine": { tenancy: { partner: "acme" } } }`,
    ],
    [
      "hosts of its own in a shared pool",
      withFetch({ isolation: "dedicated" }),
      `partners/acme.steps.fetch.isolation is "dedicated", but pool "general" of environment "test" is shared by all partners; use a pool with tenancy: { partner: "acme" }`,
    ],
    [
      "Fargate in a pool of hosts",
      withFetch({ isolation: "fargate" }),
      `partners/acme.steps.fetch.isolation is "fargate", but pool "general" of environment "test" is of kind "ec2-spot-fallback"; use a pool of kind "fargate" or "fargate-spot"`,
    ],
    [
      "a pool of another partner",
      { compute: { pool: "other" } },
      `partners/acme.compute.pool is a pool of environment "test" that partner "other" has for itself, got "other"; use another pool`,
    ],
    [
      "more vCPUs than the pool may have",
      { compute: { pool: "small", vcpus: 17 } },
      `partners/acme.compute.vcpus must be at most 16, which is all that pool "small" of environment "test" may have at once, got 17; ask for less, or raise the pool's maxVcpus`,
    ],
    [
      "memory that no host of the pool has",
      { compute: { pool: "small", vcpus: 2, memoryMib: 500_000 } },
      `partners/acme.compute.memoryMib must be at most 498073, the largest host of pool "small" of environment "test", got 500000; ask for less, or give the pool larger families than c6i, m6i`,
    ],
    [
      "part of a vCPU on a host",
      { compute: { pool: "general", vcpus: 0.5 } },
      `partners/acme.compute.vcpus must be a whole number on EC2, which pool "general" of environment "test" is, got 0.5; parts of one are for Fargate`,
    ],
    [
      "vCPUs that Fargate does not have",
      { compute: { pool: "serverless", vcpus: 3, memoryMib: 8192 } },
      `partners/acme.compute.vcpus must be one of 0.25, 0.5, 1, 2, 4, 8, 16 on Fargate, which pool "serverless" of environment "test" is, got 3`,
    ],
    [
      "memory that does not go with the vCPUs on Fargate",
      { compute: { pool: "serverless", vcpus: 1, memoryMib: 1024 } },
      `partners/acme.compute.memoryMib must be 2048 to 8192 in steps of 1024 with 1 vCPUs on Fargate, which pool "serverless" of environment "test" is, got 1024`,
    ],
  ])("%s", (_, partner, expected) => {
    expect(message(partner)).toBe(expected);
  });

  it("families that no table knows are not judged", () => {
    expect(
      testResolved({ compute: { pool: "odd", memoryMib: 1_000_000 } }, environment).order[0]
        ?.compute,
    ).toMatchObject({ pool: "odd", memoryMib: 1_000_000 });
  });

  it("staging that is larger than the hosts' scratch", () => {
    const { steps } = partnerInput();
    const { program, isolation } = steps["fetch"] as { program: string[]; isolation: "fargate" };
    expect(
      message({
        steps: { deliver: { kind: "deliver", program, isolation } },
        staging: { kind: "scratch", gib: 150 },
      }),
    ).toBe(
      `partners/acme.staging.gib must be at most 100, the scratch of each host of pool "general" of environment "test", got 150; ask for less, or raise the pool's scratchGib`,
    );
  });
});

describe("a partner and the images of its environment", () => {
  it("an image that the environment does not list", () => {
    expect(message(withFetch({ image: "jar" }))).toBe(
      `partners/acme.steps.fetch.image is no image of environment "test", got "jar"; known are "worker", "teleport"; use one of them, or add it to images in environments/test.ts`,
    );
  });

  it("an image without a digest", () => {
    const imagesLock: ImagesLock = { schemaVersion: 1, environments: {} };
    expect(message({}, { imagesLock }).split("\n")).toEqual(
      ["fetch", "publish"].map(
        (step) =>
          `partners/acme.steps.${step}.image is "worker", which has no digest in images.lock.json of environment "test"; run: partner-ingest images push --env test`,
      ),
    );
  });

  it("an image that was never pushed, in an environment that pulls images", () => {
    const imagesLock: ImagesLock = {
      schemaVersion: 1,
      environments: { test: { worker: { digest: `sha256:${"0".repeat(64)}`, origin: "sources" } } },
    };
    expect(message({}, { imagesLock })).toContain(
      `partners/acme.steps.fetch.image is "worker", which images.lock.json of environment "test" knows by its sources only: it was never pushed; run: partner-ingest images push --env test`,
    );
    const offline = testEnvironment({ offline: true, disposable: true });
    expect(
      resolvePartner({
        partner: testPartner(),
        environment: offline,
        facts: fixedFacts(offline),
        imagesLock,
      }).order[0]?.image,
    ).toBe(
      `111122223333.dkr.ecr.eu-central-1.amazonaws.com/acme/test/platform/worker@sha256:${"0".repeat(64)}`,
    );
  });
});

describe("a partner and the facts of its environment", () => {
  it("none", () => {
    expect(message({}, { facts: undefined })).toBe(
      `environments/test.facts.json is missing, partners of environment "test" need the ids that AWS gave the platform; apply the platform stack and run: partner-ingest platform export --env test`,
    );
  });

  it("those of another account, region and environment", () => {
    const facts = {
      ...fixedFacts(environment),
      account: "444455556666",
      region: "eu-west-1",
      environment: "prod",
    };
    expect(message({}, { facts }).split("\n")).toEqual([
      `environments/test.facts.json: environment must be "test" as in environments/test.ts, got "prod"; apply the platform stack and run: partner-ingest platform export --env test`,
      `environments/test.facts.json: account must be "111122223333" as in environments/test.ts, got "444455556666"; apply the platform stack and run: partner-ingest platform export --env test`,
      `environments/test.facts.json: region must be "eu-central-1" as in environments/test.ts, got "eu-west-1"; apply the platform stack and run: partner-ingest platform export --env test`,
    ]);
  });

  it("older ones, without a pool", () => {
    const { general } = fixedFacts(environment).queues;
    if (general === undefined) throw new Error("no queues");
    const facts = { ...fixedFacts(environment), queues: { general } };
    expect(message({}, { facts })).toBe(
      `environments/test.facts.json: queues has none of pool "own", "other", "serverless", "small", "odd"; apply the platform stack and run: partner-ingest platform export --env test`,
    );
  });
});

test("faults of all kinds are told at once", () => {
  expect(
    message(
      { ...withFetch({ image: "jar" }), compute: { pool: "big" } },
      { facts: undefined },
    ).split("\n"),
  ).toHaveLength(3);
});
