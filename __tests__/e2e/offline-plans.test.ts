import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadProject, type Project, synthesize, type SynthesizedStack } from "../../modules/app";
import { type Environment, manual, s3Object, schedule } from "../../modules/config";
import { fixedFacts } from "../../modules/platform";
import {
  type AppliedOverride,
  applyOverrides,
  OFFLINE_OVERRIDES,
  openSession,
  type Override,
  plannedPolicies,
  type SavedPlan,
  TerraformError,
  TerraformStackRunner,
  unknownPolicies,
  unusedOverrides,
} from "../../terraform";
import { testEnvironment } from "../support/environment";
import { testImagesLock, testPartner } from "../support/partner";
import { REPOSITORY } from "./support/deployment";

/*
 * Every kind of setting that is emitted is valid for the real provider and can be planned, without an account and without an
 * emulator. There is no copy of AWS provider 6 here: of it only what provider 5 says of its Terraform is shown.
 */

let directory: string;
const applied: AppliedOverride[] = [];

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "offline-plans-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function runner(stack: SynthesizedStack, more: readonly Override[] = []): TerraformStackRunner {
  const session = openSession({
    root: path.join(directory, "terraform"),
    environment: { AWS_ACCESS_KEY_ID: "nobody", AWS_SECRET_ACCESS_KEY: "nobody" },
  });
  return new TerraformStackRunner(session, {
    stack: stack.name,
    synthesized: stack.directory,
    transform: (before) => {
      const overridden = applyOverrides(before, [...OFFLINE_OVERRIDES, ...more]);
      applied.push(...overridden.applied);
      return overridden.configuration;
    },
  });
}

async function planAll(project: Project, name: string): Promise<readonly SavedPlan[]> {
  const plans: SavedPlan[] = [];
  for (const stack of await synthesize(project, { outdir: path.join(directory, name) })) {
    const terraform = runner(stack);
    await terraform.init();
    expect(await terraform.validate()).toEqual([]);
    plans.push(await terraform.plan());
  }
  return plans;
}

function projectOf(environment: Environment, partners: Project["partners"]): Project {
  return {
    root: directory,
    environments: [{ environment, facts: fixedFacts(environment) }],
    partners,
    imagesLock: testImagesLock(environment),
  };
}

/** Documents can be read before they are applied, but those that name an access point, whose id AWS makes up. */
function expectKnownPolicies(plans: readonly SavedPlan[]): void {
  const unknown = plans.flatMap(({ json }) => unknownPolicies(json));
  expect(unknown.filter(({ address }) => !/_mount_staging$/u.test(address))).toEqual([]);
  for (const { stack, json } of plans)
    for (const { document } of plannedPolicies(json))
      expect(`${stack} ${document ?? ""}`).not.toContain("${");
}

test("everything of this repository is valid, and its policies can be read before they are applied", async () => {
  const plans = await planAll(loadProject(REPOSITORY), "repository");
  expect(plans.length).toBeGreaterThanOrEqual(3);
  expectKnownPolicies(plans);
  expect(plans.flatMap(({ json }) => plannedPolicies(json)).length).toBeGreaterThan(20);
});

test("all that settings can ask for is valid: existing things, Fargate, endpoints, one bucket for all", async () => {
  const key = "arn:aws:kms:eu-central-1:111122223333:key/0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0";
  const environment = testEnvironment({
    tags: { team: "deliveries" },
    network: {
      kind: "create",
      cidr: "10.40.0.0/20",
      availabilityZones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
      egress: "endpoints",
    },
    boundary: { kind: "existing", arn: "arn:aws:iam::111122223333:policy/org/boundary" },
    backend: { kind: "s3", bucket: "states-of-the-company" },
    serviceLinkedRoles: ["spot"],
    alerts: { emails: ["feeds@example.com", "on-call@example.com"] },
    logRetentionDays: 30,
    pools: {
      general: { kind: "ec2", architecture: "arm64", families: ["m7g", "c7g"] },
      small: { kind: "fargate" },
      cheap: { kind: "fargate-spot", architecture: "arm64" },
      own: { tenancy: { partner: "acme" } },
    },
  });
  const bucket = { kind: "existing", name: "deliveries-of-the-company", kmsKeyArn: key } as const;
  const program = ["/opt/acme/fetch", "{orderId}", "{staging}"];
  const partners = [
    testPartner({
      triggers: {
        byHand: manual(),
        daily: schedule({ cron: "rate(6 hours)", timezone: "UTC", starts: "order" }),
        dropped: s3Object({ bucket: "landing", prefix: "in/", suffix: ".zip" }),
      },
      buckets: { landing: bucket, processed: { kind: "create" } },
      compute: { pool: "own" },
      retention: { landing: 3, processed: 400 },
      steps: {
        fetch: { kind: "fetch", program, isolation: "dedicated", tryLaterCodes: [3] },
        publish: { kind: "publish", after: ["fetch"], compute: { pool: "general" } },
      },
    }),
    testPartner({
      id: "beta",
      compute: { pool: "small", vcpus: 1, memoryMib: 2048 },
      staging: { kind: "scratch", gib: 60 },
      buckets: { processed: bucket },
      steps: {
        deliver: {
          kind: "deliver",
          program,
          isolation: "fargate",
          environment: { LEVEL: "debug" },
          secrets: { TOKEN: "arn:aws:ssm:eu-central-1:111122223333:parameter/beta/token" },
        },
      },
    }),
    testPartner({
      id: "gamma",
      compute: { pool: "cheap", vcpus: 0.5, memoryMib: 1024 },
      discovery: { look: { kind: "list", program: ["/opt/acme/list"], isolation: "fargate" } },
      triggers: {
        often: schedule({
          cron: "cron(0/15 * * * ? *)",
          timezone: "Asia/Seoul",
          starts: "discovery",
        }),
      },
      steps: {
        fetch: { kind: "fetch", program, isolation: "fargate" },
        publish: { kind: "publish", after: ["fetch"] },
      },
    }),
  ];
  expectKnownPolicies(await planAll(projectOf(environment, partners), "everything"));
});

test("an existing network is valid, too", async () => {
  const environment = testEnvironment({
    network: { kind: "existing", vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-01234567"] },
    backend: { kind: "local" },
    disposable: true,
  });
  expectKnownPolicies(await planAll(projectOf(environment, [testPartner()]), "existing"));
});

test("of what is emitted for AWS provider 6, provider 5 refuses the new names of compute environments and nothing else", async () => {
  const project = projectOf(testEnvironment({ awsProvider: "6" }), [testPartner()]);
  const version: Override = {
    path: "terraform/required_providers/aws/version",
    value: "5.100.0",
    reason: "provider 6 is not at hand",
  };
  const refused: string[] = [];
  for (const stack of await synthesize(project, { outdir: path.join(directory, "six") })) {
    const terraform = runner(stack, [version]);
    await terraform.init();
    const error = await terraform.validate().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) continue;
    expect(error).toBeInstanceOf(TerraformError);
    const { diagnostics } = error as TerraformError;
    refused.push(...diagnostics.map(({ address, detail }) => `${address ?? ""} ${detail}`));
  }
  expect([...new Set(refused)].sort()).toEqual(
    ["on_demand", "spot"].map(
      (capacity) =>
        `aws_batch_compute_environment.general_${capacity} No argument or block type is named "name_prefix".`,
    ),
  );
});

test("every override of a plan without an account is needed", () => {
  expect(unusedOverrides(OFFLINE_OVERRIDES, applied)).toEqual([]);
});
