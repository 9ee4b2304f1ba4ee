import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadProject, type Project } from "../modules/app";
import type { Recording } from "../modules/iam/deployer/recording";
import { tableOf } from "../modules/iam/deployer/table";
import { accessProject, freshAccessProject } from "./iam-record-access";
import { freshProject, variantsProject } from "./iam-record-fresh";
import { compact } from "./iam-record-reduce";
import { recordDeployment } from "./iam-record-session";

const ROOT = path.resolve(__dirname, "..");

/*
 * Records what the AWS provider calls. `local`, `variants` and `access` make the table of operations; those called `fresh` are
 * what the policies that come out of it are tried on. Without a word all are recorded, side by side.
 */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const sources = loadProject(ROOT);
  const jobs = {
    local: () => record("local", sources, "local"),
    variants: () => record("variants", variantsProject(ROOT, sources), "variants"),
    access: () => record("access", accessProject(ROOT, sources), "access"),
    fresh: () => record("fresh", freshProject(ROOT, sources), "stage"),
    "fresh-access": () => record("fresh-access", freshAccessProject(ROOT, sources), "doors"),
  };
  const unknown = wanted.find((name) => !(name in jobs));
  if (unknown !== undefined)
    throw new Error(
      `there is no recording ${JSON.stringify(unknown)}; there are ${Object.keys(jobs).join(", ")}`,
    );
  await Promise.all(
    Object.entries(jobs)
      .filter(([name]) => wanted.length === 0 || wanted.includes(name))
      .map(([, job]) => job()),
  );
  writeTable();
}

async function record(name: string, project: Project, id: string): Promise<void> {
  const environment = project.environments.find((one) => one.environment.id === id)?.environment;
  if (environment === undefined) throw new Error(`there is no environment ${id}`);
  const directory = mkdtempSync(path.join(tmpdir(), "iam-record-"));
  const say = (line: string): void => void process.stderr.write(`${name}: ${line}\n`);
  try {
    const bootstrapOnly = name.endsWith("access");
    const recording = await recordDeployment({
      project,
      environment,
      directory,
      bootstrapOnly,
      say,
    });
    write(`recordings/${name}.json`, recording);
  } finally {
    // Raw logs hold secrets.
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The table follows from the recordings that are not there to try it. */
function writeTable(): void {
  const recordings = ["local", "variants", "access"].map(
    (name) =>
      JSON.parse(readFileSync(path.join(ROOT, `recordings/${name}.json`), "utf8")) as Recording,
  );
  const table = `${JSON.stringify(tableOf(recordings), undefined, 2)}\n`;
  writeFileSync(path.join(ROOT, "modules/iam/deployer/operations.json"), table);
}

function write(file: string, recording: Recording): void {
  writeFileSync(path.join(ROOT, file), compact(recording));
}

void main();
