import path from "node:path";
import { loadProject, type Project, type SynthesizedStack, synthesize } from "../../modules/app";
import { type CommandContext, type CommandResult } from "../command";
import { table } from "../output/table";
import { count } from "../output/words";

/** Options of the commands that synthesize. */
export interface SynthOptions {
  readonly env?: readonly string[];
  readonly partner?: readonly string[];
  readonly out?: string;
}

/** Directory that cdktf writes to unless told otherwise. */
export const DEFAULT_OUT = "cdktf.out";

/** Writes the Terraform of the project. */
export async function synthCommand(
  context: CommandContext,
  options: SynthOptions = {},
): Promise<CommandResult> {
  const root = context.projectRoot();
  const stacks = await synthesizeProject(context, root, options);
  return {
    data: { stacks },
    text: [
      table(stacks.map(({ name, directory }) => [name, path.relative(context.cwd, directory)])),
      `${count(stacks.length, "stack")} written; each directory is plain Terraform`,
    ].join("\n"),
  };
}

/** Synthesizes what the options name. */
export function synthesizeProject(
  context: CommandContext,
  root: string,
  { env, partner, out }: SynthOptions,
): Promise<readonly SynthesizedStack[]> {
  context.progress.phase("synthesizing");
  const project = loadProject(root);
  tellMissingFacts(context, project, env);
  return synthesize(project, {
    outdir: out === undefined ? path.join(root, DEFAULT_OUT) : path.resolve(context.cwd, out),
    environments: env,
    partners: partner,
    missingFacts: "leave-out",
  });
}

/** Says which partners are left out because their platform was not applied yet. */
export function tellMissingFacts(
  { progress }: CommandContext,
  { environments }: Project,
  wanted?: readonly string[],
): void {
  for (const { environment, facts } of environments)
    if (facts === undefined && (wanted?.includes(environment.id) ?? true))
      progress.note(
        `environments/${environment.id}.facts.json is missing, so the partners of ${environment.id} are left out; apply ${environment.id}--platform, then run: partner-ingest platform export --env ${environment.id}`,
      );
}
