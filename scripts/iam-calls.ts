import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadProject } from "../modules/app";
import { readDeployments } from "../modules/app/read-deployments";
import { reduceCalls, type RoleCall } from "../modules/iam/proof/recorded";
import { recordedProject } from "./iam-calls-project";
import { RUNS } from "./iam-calls-runs";
import { callsOfRoles, recordTry } from "./iam-calls-session";

const ROOT = path.resolve(__dirname, "..");
const FILE = "modules/iam/proof/recorded/calls.json";

async function main(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), "partner-ingest-calls-"));
  try {
    const project = recordedProject(loadProject(ROOT), directory);
    const [deployment] = await readDeployments(project, {
      outdir: path.join(directory, "terraform"),
      environments: ["local"],
    });
    if (deployment === undefined) throw new Error("there is no environment local");
    const calls: RoleCall[] = [];
    for (const run of RUNS) {
      const recorded = await recordTry(project, run);
      const own = callsOfRoles(recorded.calls, deployment);
      calls.push(...own);
      process.stderr.write(
        `${run.partner}: ${recorded.result.outcome}, ${String(own.length)} calls of ${String(recorded.calls.length)}\n`,
      );
    }
    const recording = { schemaVersion: 1, calls: reduceCalls(calls, deployment.specs) };
    writeFileSync(path.join(ROOT, FILE), `${JSON.stringify(recording, undefined, 2)}\n`);
    process.stderr.write(`written: ${FILE}\n`);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

void main();
