import type { EnvironmentInput } from "../../../modules/config";
import { PlatformStack } from "../../../modules/platform";
import { environmentFaults } from "../../../modules/platform/environment-faults";
import { testEnvironment } from "../../support/environment";
import { Template } from "../../support/template";

const faults = (changes: Partial<EnvironmentInput>): string[] =>
  environmentFaults(testEnvironment(changes));

const created = { kind: "create", egress: "nat" } as const;

test("an environment that AWS takes has none", () => {
  expect(faults({})).toEqual([]);
});

test("all are told at once, before anything is made", () => {
  expect(() =>
    Template.of(
      (app) =>
        new PlatformStack(
          app,
          testEnvironment({
            network: {
              ...created,
              cidr: "10.20.1.0/16",
              availabilityZones: ["eu-central-1a", "us-east-1a"],
            },
            pools: { general: { families: ["m6g"] } },
          }),
        ),
    ),
  ).toThrow(
    'environments/test.network.cidr must begin at a multiple of its size, e.g. 10.20.0.0/16, got "10.20.1.0/16"\n' +
      'environments/test.network.availabilityZones[1] must be a zone of region "eu-central-1", got "us-east-1a"; e.g. eu-central-1a\n' +
      'environments/test.pools.general.families[0] is of architecture "arm64", the pool\'s is "x86_64", got "m6g"; name another, or change the pool\'s architecture',
  );
});

describe("fails when", () => {
  test("a zone is named twice", () => {
    expect(
      faults({ network: { ...created, availabilityZones: ["eu-central-1a", "eu-central-1a"] } }),
    ).toEqual([
      'environments/test.network.availabilityZones[1] names a zone again, got "eu-central-1a"; name another',
    ]);
  });

  test("an existing subnet is named twice", () => {
    const subnetIds = ["subnet-12345678", "subnet-23456789", "subnet-12345678"];
    expect(faults({ network: { kind: "existing", vpcId: "vpc-12345678", subnetIds } })).toEqual([
      'environments/test.network.subnetIds[2] names a subnet again, got "subnet-12345678"; remove it',
    ]);
  });

  test.each(["c7g", "r6g.2xlarge"])("the family %s is of the other architecture", (family) => {
    expect(faults({ pools: { general: { families: ["m5", family] } } })).toEqual([
      `environments/test.pools.general.families[1] is of architecture "arm64", the pool's is "x86_64", got "${family}"; name another, or change the pool's architecture`,
    ]);
    expect(faults({ pools: { general: { families: [family], architecture: "arm64" } } })).toEqual(
      [],
    );
  });

  test("two pools give one name to a compute environment", () => {
    expect(faults({ pools: { x: { kind: "fargate-spot" }, "x-fargate": {} } })).toEqual([
      'environments/test.pools has two pools with a compute environment called "x-fargate-spot", "x" and "x-fargate"; rename one',
    ]);
  });

  test("there are more pools than AWS has queues and compute environments", () => {
    const pools = Object.fromEntries(
      Array.from({ length: 26 }, (_, index) => [`p${String(index)}`, {}]),
    );
    expect(faults({ pools })).toEqual([
      "environments/test.pools needs 52 job queues, two for each of 26 pools; AWS has 50 per region and raises none; let partners share pools: queues share fairly among them",
      "environments/test.pools needs 52 compute environments; AWS has 50 per region and raises none; let partners share pools: queues share fairly among them",
    ]);
  });
});

test("families that no table knows are left to AWS", () => {
  expect(faults({ pools: { general: { families: ["x99", "optimal"] } } })).toEqual([]);
});

test("25 pools are all that a region has queues for, and fit", () => {
  const pools = Object.fromEntries(
    Array.from({ length: 25 }, (_, index) => [`p${String(index)}`, {}]),
  );
  const code = { name: "code", zip: Buffer.from("zip"), hash: "hash" };
  const template = Template.of((app) => {
    const stack = new PlatformStack(app, testEnvironment({ pools }));
    stack.addFunctions({ notify: code, reconcile: code, escalate: code });
    return stack;
  });
  expect(Object.keys(template.resources("aws_batch_job_queue"))).toHaveLength(50);
  // EventBridge takes 2,048 characters of pattern.
  const rule = template.resource("aws_cloudwatch_event_rule", "jobs");
  expect(String(rule["event_pattern"]).length).toBeLessThan(2048);
});
