import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inTemporaryDirectory, ROOT, run } from "./check-support";

/*
 * The way out of CDKTF is open: the same sources, with `cdktf` installed as an alias of its successor `cdktn`, pass the
 * compiler and give the same Terraform. Nothing but package.json differs.
 */
const CDKTN = "0.24.0";

/** What a project and the code that builds it are made of. */
const PARTS = [
  "environments",
  "functions",
  "images",
  "images.lock.json",
  "main.ts",
  "modules",
  "partners",
  "tsconfig.json",
];

/** An environment that keeps what it has, its state in S3, on the newer provider: what the offline one has not. */
const OTHER_ENVIRONMENT = `import { defineEnvironment } from "../modules";

export default defineEnvironment({
  id: "other",
  account: "111122223333",
  region: "eu-central-1",
  prefix: "pi",
  awsProvider: "6",
  network: {
    kind: "existing",
    vpcId: "vpc-0123456789abcdef0",
    subnetIds: ["subnet-0123456789abcdef0"],
  },
  pools: { general: {}, serverless: { kind: "fargate-spot" } },
});
`;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

async function main(): Promise<void> {
  await inTemporaryDirectory("check-cdktn", (directory) => {
    const [cdktf, cdktn] = ["cdktf", "cdktn"].map((name) => layProject(path.join(directory, name)));
    if (cdktf === undefined || cdktn === undefined) throw new Error("no project was laid");
    symlinkSync(path.join(ROOT, "node_modules"), path.join(cdktf, "node_modules"));
    writeFileSync(path.join(cdktn, "package.json"), JSON.stringify(successorManifest(), null, 2));
    run(cdktn, ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline"]);
    run(cdktn, ["npx", "--no-install", "tsc", "--noEmit", "--types", "node"]);
    for (const project of [cdktf, cdktn]) run(project, ["node", "--import", "tsx", "main.ts"]);
    const count = requireEqual(path.join(cdktf, "cdktf.out"), path.join(cdktn, "cdktf.out"));
    process.stdout.write(`${String(count)} files are equal on cdktf and on cdktn ${CDKTN}\n`);
  });
}

function layProject(directory: string): string {
  for (const part of PARTS)
    cpSync(path.join(ROOT, part), path.join(directory, part), { recursive: true });
  writeFileSync(path.join(directory, "environments/other.ts"), OTHER_ENVIRONMENT);
  writeFileSync(path.join(directory, "package.json"), JSON.stringify({ type: "commonjs" }));
  return directory;
}

function successorManifest(): object {
  const { dependencies, devDependencies: dev } = JSON.parse(
    readFileSync(path.join(ROOT, "package.json"), "utf8"),
  ) as Manifest;
  const pick = (...names: string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, dev[name] ?? ""]));
  return {
    name: "check-cdktn",
    private: true,
    type: "commonjs",
    dependencies: {
      ...dependencies,
      ...pick("@cdktf/provider-aws", "constructs", "@types/archiver", "@types/node", "typescript"),
      cdktf: `npm:cdktn@${CDKTN}`,
    },
    // Without it the provider asks for the cdktf of its own peer dependency, and npm refuses.
    overrides: { "@cdktf/provider-aws": { cdktf: "$cdktf", constructs: "$constructs" } },
  };
}

/** Compares all files; of Terraform's JSON without the part in which the library notes its own version. */
function requireEqual(a: string, b: string): number {
  const files = filesOf(a);
  const others = filesOf(b);
  if (files.join() !== others.join())
    throw new Error(`other files: ${files.join(", ")} and ${others.join(", ")}`);
  const different = files.filter((file) => content(a, file) !== content(b, file));
  if (different.length > 0) throw new Error(`different on cdktn: ${different.join(", ")}`);
  return files.length;
}

function filesOf(directory: string): string[] {
  return readdirSync(path.join(directory, "stacks"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

function content(directory: string, file: string): string {
  const bytes = readFileSync(path.join(directory, file));
  if (!file.endsWith(".json")) return bytes.toString("base64");
  return JSON.stringify(
    JSON.parse(bytes.toString("utf8"), (key, value: unknown) => (key === "//" ? undefined : value)),
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
