import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildApp, loadProject } from "../../modules/app";
import { type CommandContext, type CommandResult } from "../command";
import { count } from "../output/words";

/** Tells every fault of every partner in every environment; writes nothing. */
export async function checkCommand(context: CommandContext): Promise<CommandResult> {
  context.progress.phase("checking all partners in all environments");
  const project = loadProject(context.projectRoot());
  const outdir = mkdtempSync(path.join(tmpdir(), "partner-ingest-check-"));
  try {
    const { stacks } = await buildApp(project, { outdir });
    const environments = project.environments.map(({ environment }) => environment.id);
    const partners = project.partners.map(({ id }) => id);
    return {
      data: {
        ok: true,
        environments,
        partners,
        stacks: stacks.map(({ name }) => name),
        faults: [],
      },
      text: `no faults: ${count(partners.length, "partner")} in ${count(environments.length, "environment")}, ${count(stacks.length, "stack")}`,
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
