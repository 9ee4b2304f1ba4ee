import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { tryPaths } from "../../local/try";
import { buildApp, loadProject, type Project } from "../../modules/app";
import { type CommandContext, type CommandResult } from "../command";
import { environmentOf } from "../environments";
import { readLastRun } from "../last-run";
import { overviewOf } from "../overview/overview";
import { type PageInput, pageHtml } from "../page/page";

/** Options of `report`. */
export interface ReportOptions {
  readonly env?: string;
  readonly out?: string;
}

/** Where the page is written unless told otherwise. */
export const DEFAULT_PAGE = ".partner-ingest/report.html";

/** Writes the page about an environment and the last runs on this machine. */
export async function reportCommand(
  context: CommandContext,
  options: ReportOptions = {},
): Promise<CommandResult> {
  context.progress.phase("making the page");
  const project = loadProject(context.projectRoot());
  const { environment } = environmentOf(project, options.env);
  const app = await buildApp(project, {
    outdir: path.join(project.root, ".partner-ingest", "synth"),
    environments: [environment.id],
    missingFacts: "leave-out",
  });
  const file = await writePage(project, options.out && path.resolve(context.cwd, options.out), {
    overview: overviewOf(project, app, environment),
    validation: { notDone: "partner-ingest validate does it." },
  });
  return { data: { file }, text: file };
}

/** Writes the page with the last run of each partner; returns its file. */
export async function writePage(
  project: Project,
  file: string | undefined,
  input: Pick<PageInput, "overview" | "validation">,
): Promise<string> {
  const target = file ?? path.join(project.root, DEFAULT_PAGE);
  const { environment, partners } = input.overview;
  const runs = partners.flatMap(
    ({ id }) => readLastRun(tryPaths(project.root, environment.id, id).root) ?? [],
  );
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, await pageHtml({ ...input, runs, madeAt: new Date().toISOString() }));
  return target;
}
