import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inTemporaryDirectory, nodeOnly, output, ROOT, run } from "./check-support";

/** What a user's project holds: nothing but its own files. */
const PROJECT: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({ name: "deliveries", private: true }),
  "main.ts": `
import path from "node:path";
import { loadProject, synthesize } from "partner-ingest";

async function main(): Promise<void> {
  const project = loadProject(__dirname);
  const stacks = await synthesize(project, { outdir: path.join(__dirname, "cdktf.out") });
  for (const { name } of stacks) console.log(name);
}

void main();
`,
  "environments/dev.ts": `
import { defineEnvironment } from "partner-ingest";

export default defineEnvironment({
  id: "dev",
  account: "111122223333",
  region: "eu-central-1",
  prefix: "ex",
  disposable: true,
  offline: true,
  backend: { kind: "local" },
  network: {
    kind: "create",
    availabilityZones: ["eu-central-1a", "eu-central-1b"],
    egress: "nat",
  },
  pools: { general: {} },
});
`,
  "partners/acme.ts": `
import { definePartner, manual } from "partner-ingest";

export default definePartner({
  id: "acme",
  owner: "feeds@example.com",
  source: { company: "Acme" },
  triggers: { byHand: manual() },
  compute: { pool: "general" },
  steps: {
    fetch: {
      kind: "fetch",
      program: [
        "node",
        "-e",
        "require('node:fs').writeFileSync(process.argv[2] + '/feed.csv', process.argv[1] + ',1')",
        "{orderId}",
        "{staging}",
      ],
      isolation: { sharedHost: "a line of our own, nothing of the partner's" },
    },
    publish: { kind: "publish", after: ["fetch"] },
  },
});
`,
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      target: "ES2022",
      module: "node16",
      moduleResolution: "node16",
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ["node"],
    },
    include: ["**/*.ts"],
    exclude: ["node_modules", "cdktf.out"],
  }),
};

/** Versions of what a user's project brings itself, as this repository has them. */
function versions(...names: readonly string[]): readonly string[] {
  const { devDependencies } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    devDependencies: Record<string, string>;
  };
  return names.map((name) => `${name}@${devDependencies[name] ?? ""}`);
}

/**
 * Packs the package, installs it in a project that holds one partner and one environment, type checks it, synthesizes it, and
 * runs an order: what a user does with it, with nothing but Node.
 */
async function main(): Promise<void> {
  await inTemporaryDirectory("check-package", (directory) => {
    run(ROOT, ["npm", "run", "--silent", "build"]);
    const [packed] = JSON.parse(
      output(ROOT, ["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", directory]),
    ) as [{ filename: string; size: number; entryCount: number }];
    const { filename, size, entryCount } = packed;
    process.stdout.write(`${filename}: ${String(entryCount)} files, ${String(size)} bytes\n`);
    const project = path.join(directory, "project");
    for (const [name, content] of Object.entries(PROJECT)) {
      mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
      writeFileSync(path.join(project, name), content);
    }
    const environment = nodeOnly(directory);
    const inProject = (...command: string[]): void => {
      run(project, command, environment);
    };
    inProject("npm", "install", "--prefer-offline", path.join(directory, filename));
    inProject("npm", "install", "--prefer-offline", "-D", ...versions("typescript", "@types/node"));
    inProject("npx", "tsc", "-p", ".");
    inProject("npx", "partner-ingest", "platform", "export", "--env", "dev");
    inProject("npx", "partner-ingest", "images", "lock", "--env", "dev");
    inProject("npx", "partner-ingest", "check");
    inProject("node", "--import", "tsx", "main.ts");
    mustExist(path.join(project, "cdktf.out/stacks/dev--acme/cdk.tf.json"));
    inProject("npx", "partner-ingest", "try", "acme", "--order", "FEED-1");
  });
  process.stdout.write("the packed package works in a project of its own\n");
}

function mustExist(file: string): void {
  if (!existsSync(file)) throw new Error(`${file} was not written`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
