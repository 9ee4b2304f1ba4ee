import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildApp, loadProject, synthesize } from "../../modules/app";
import { type CommandContext, type CommandResult } from "../command";
import { environmentOf, requirePartner } from "../environments";
import { overviewText } from "../output/overview-text";
import { count } from "../output/words";
import { overviewOf } from "../overview/overview";
import { type PageInput } from "../page/page";
import { writePage } from "./report";
import { DEFAULT_OUT, tellMissingFacts } from "./synth";
import { tryCommand } from "./try";
import { validateStacks, validationSession } from "./validate";

/** Options of `start`. */
export interface StartOptions {
  readonly env?: string;
  readonly partner?: string;
}

/** Synthesizes all, says what it made, validates it where Terraform is, runs one order, and writes the page. */
export async function startCommand(
  context: CommandContext,
  options: StartOptions = {},
): Promise<CommandResult> {
  const { progress } = context;
  progress.phase("synthesizing all stacks");
  const project = loadProject(context.projectRoot());
  const { environment } = environmentOf(project, options.env);
  const partner =
    options.partner === undefined
      ? project.partners[0]?.id
      : requirePartner(project, options.partner);
  const outdir = path.join(project.root, DEFAULT_OUT);
  // Twice: the roles with their reasons are in the constructs, the files in what is written of them.
  const build = { outdir, missingFacts: "leave-out" } as const;
  tellMissingFacts(context, project);
  const overview = overviewOf(project, await buildApp(project, build), environment);
  const stacks = await synthesize(project, build);
  progress.note(`${count(stacks.length, "stack")} in ${DEFAULT_OUT}`);
  const validation = await validated(context, project.root, stacks);
  const tried =
    partner === undefined
      ? undefined
      : await tryCommand(context, partner, { env: environment.id, fresh: true });
  progress.phase("making the page");
  const page = await writePage(project, undefined, { overview, validation });
  const invalid = "notDone" in validation ? [] : validation.filter(({ valid }) => !valid);
  return {
    data: { overview, validation, run: tried?.data, page },
    text: [
      overviewText(overview, context.colors),
      "",
      validationText(validation),
      "",
      tried?.text ?? "The project has no partner yet: add partners/<id>.ts.",
      "",
      `Page: ${pathToFileURL(page).href}`,
    ].join("\n"),
    exit: invalid.length > 0 ? "toolFailed" : (tried?.exit ?? "ok"),
  };
}

async function validated(
  context: CommandContext,
  root: string,
  stacks: Parameters<typeof validateStacks>[2],
): Promise<PageInput["validation"]> {
  try {
    return await validateStacks(context, validationSession(context, root), stacks);
  } catch (error) {
    // Node is all that this command needs.
    if (!(error instanceof Error) || error.name !== "MissingToolError") throw error;
    context.progress.note(`not validated: ${error.message}`);
    return { notDone: error.message };
  }
}

function validationText(validation: PageInput["validation"]): string {
  if ("notDone" in validation) return `terraform validate: not done, ${validation.notDone}`;
  return validation
    .map(
      ({ name, valid, error }) =>
        `terraform validate: ${name} is ${valid ? "valid" : `invalid: ${error ?? ""}`}`,
    )
    .join("\n");
}
