import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildApp, type Project, synthesize } from "../../../modules/app";
import type { EnvironmentInput } from "../../../modules/config";
import { ConfigError } from "../../../modules/core";
import { fixedFacts } from "../../../modules/platform";
import { testEnvironment } from "../../support/environment";
import { partnerInput, testImagesLock, testPartner } from "../../support/partner";
import { testDirectory, type TestDirectory } from "../../support/project-directory";

let out: TestDirectory;

beforeEach(() => {
  out = testDirectory();
});

afterEach(() => {
  out.remove();
});

function testProject(changes: Partial<EnvironmentInput> = {}): Project {
  const environment = testEnvironment(changes);
  return {
    root: out.path,
    environments: [{ environment, facts: fixedFacts(environment) }],
    partners: [testPartner(), testPartner({ id: "beta" })],
    imagesLock: testImagesLock(environment),
  };
}

const stacksIn = (directory: string): string[] =>
  readdirSync(path.join(directory, "stacks")).sort();

test("an environment has its own stacks and one of each partner", async () => {
  const outdir = path.join(out.path, "deep/below");
  const stacks = await synthesize(testProject(), { outdir });
  expect(stacks).toEqual(
    [
      ["bootstrap", "bootstrap"],
      ["platform", "platform"],
      ["acme", "partner"],
      ["beta", "partner"],
    ].map(([owner = "", kind]) => ({
      name: `test--${owner}`,
      kind,
      environment: "test",
      owner,
      directory: path.join(outdir, "stacks", `test--${owner}`),
    })),
  );
  for (const { directory } of stacks)
    expect(existsSync(path.join(directory, "cdk.tf.json"))).toBe(true);
  expect(readdirSync(stacks[2]?.directory ?? "").sort()).toEqual([
    "cdk.tf.json",
    "spec.json",
    "trigger.zip",
  ]);
});

test("only what is asked for is built", async () => {
  const { stacks } = await buildApp(testProject(), {
    outdir: out.path,
    environments: ["test"],
    partners: ["beta"],
  });
  expect(stacks.map(({ name }) => name)).toEqual([
    "test--bootstrap",
    "test--platform",
    "test--beta",
  ]);
});

test.each([
  [{ environments: ["prod"] }, `"prod" is no environment of this project; known are "test"`],
  [
    { partners: ["acme", "gamma"] },
    `"gamma" is no partner of this project; known are "acme", "beta"`,
  ],
])("%j is told with what is known", async (options, expected) => {
  await expect(buildApp(testProject(), { outdir: out.path, ...options })).rejects.toThrow(
    new ConfigError(expected),
  );
});

test("faults of several partners are told at once, and nothing is written", async () => {
  const project = {
    ...testProject(),
    partners: [
      testPartner({ compute: { pool: "a" } }),
      testPartner({ id: "beta", compute: { pool: "b" } }),
    ],
  };
  const outdir = path.join(out.path, "none");
  const error: unknown = await synthesize(project, { outdir }).catch((thrown: unknown) => thrown);
  expect((error as ConfigError).faults.map((fault) => fault.slice(0, 40))).toEqual([
    "partners/acme.compute.pool is no pool of",
    "partners/beta.compute.pool is no pool of",
  ]);
  expect(existsSync(outdir)).toBe(false);
});

test("partners of an environment without facts are an error, or left out where that is asked for", async () => {
  const project = testProject();
  const [first] = project.environments;
  if (first === undefined) throw new Error("no environment");
  const without = {
    ...project,
    environments: [{ environment: first.environment, facts: undefined }],
  };
  await expect(buildApp(without, { outdir: out.path })).rejects.toThrow(
    new ConfigError(
      `environments/test.facts.json is missing, partners of environment "test" need the ids that AWS gave the platform; apply the platform stack and run: partner-ingest platform export --env test`,
    ),
  );
  const { stacks } = await buildApp(without, { outdir: out.path, missingFacts: "leave-out" });
  expect(stacks.map(({ owner }) => owner)).toEqual(["bootstrap", "platform"]);
  // The platform can be applied alone, before there are facts.
  expect((await buildApp(without, { outdir: out.path, partners: [] })).stacks).toHaveLength(2);
});

test("what an earlier synthesis wrote goes, what Terraform keeps there stays", async () => {
  const project = testProject();
  await synthesize(project, { outdir: out.path });
  const beta = path.join(out.path, "stacks/test--beta");
  const acme = path.join(out.path, "stacks/test--acme");
  writeFileSync(path.join(beta, "terraform.tfstate"), "state");
  writeFileSync(path.join(acme, "left-over.zip"), "old");
  await synthesize({ ...project, partners: [testPartner()] }, { outdir: out.path });
  expect(readdirSync(beta)).toEqual(["terraform.tfstate"]);
  expect(readFileSync(path.join(beta, "terraform.tfstate"), "utf8")).toBe("state");
  expect(readdirSync(acme).sort()).toEqual(["cdk.tf.json", "spec.json", "trigger.zip"]);
  await synthesize({ ...project, partners: [] }, { outdir: out.path });
  expect(stacksIn(out.path)).toEqual(["test--beta", "test--bootstrap", "test--platform"]);
});

test("what AWS would refuse of several stacks is told at once", async () => {
  const { steps } = partnerInput();
  const large = { ...steps["fetch"], environment: { LIST: "x".repeat(24_000) } } as never;
  const partners = ["acme", "beta"].map((id) =>
    testPartner({ id, steps: { ...steps, fetch: large } }),
  );
  const error: unknown = await buildApp({ ...testProject(), partners }, { outdir: out.path }).catch(
    (thrown: unknown) => thrown,
  );
  expect((error as ConfigError).faults.map((fault) => fault.slice(0, 47))).toEqual([
    "partners/acme.steps.fetch makes a job definitio",
    "partners/beta.steps.fetch makes a job definitio",
  ]);
});
