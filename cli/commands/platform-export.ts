import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadProject, type Project, synthesize } from "../../modules/app";
import { type Environment, type EnvironmentFacts } from "../../modules/config";
import { AssumptionError, ConfigError } from "../../modules/core";
import { factsFromOutput, fixedFacts } from "../../modules/platform";
import { openSession } from "../../terraform/run/session";
import { TerraformStackRunner } from "../../terraform/run/stack-runner";
import { type CommandContext, type CommandResult } from "../command";
import { environmentOf } from "../environments";

/** Options of `platform export`. */
export interface PlatformExportOptions {
  readonly env?: string;
  /** A file with what `terraform output -json` printed, in place of asking Terraform. */
  readonly from?: string;
}

/** Writes `environments/<id>.facts.json`: the ids that AWS gave the platform, for the partners' stacks to refer to. */
export async function platformExportCommand(
  context: CommandContext,
  options: PlatformExportOptions,
): Promise<CommandResult> {
  const project = loadProject(context.projectRoot());
  const { environment } = environmentOf(project, options.env);
  const facts = await factsOf(context, project, environment, options);
  const name = `environments/${environment.id}.facts.json`;
  const file = path.join(project.root, name);
  const content = `${JSON.stringify(facts, undefined, 2)}\n`;
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (before !== content) writeFileSync(file, content);
  const change = before === undefined ? "written" : before === content ? "unchanged" : "changed";
  return {
    data: { file: name, change, facts },
    text: `${name} is ${change}${change === "unchanged" ? "" : "; review and commit it, the partners' stacks are built on it"}`,
  };
}

async function factsOf(
  context: CommandContext,
  project: Project,
  environment: Environment,
  { from }: PlatformExportOptions,
): Promise<EnvironmentFacts> {
  if (from !== undefined) return factsFromFile(environment, path.resolve(context.cwd, from));
  // Nothing is ever applied there that ids could be read from.
  if (environment.offline) return fixedFacts(environment);
  return factsFromState(context, project, environment);
}

function factsFromFile(environment: Environment, file: string): EnvironmentFacts {
  let outputs: Record<string, { value?: unknown } | undefined>;
  try {
    outputs = JSON.parse(readFileSync(file, "utf8")) as typeof outputs;
  } catch (error) {
    throw new ConfigError(
      `--from must be a file with what terraform output -json printed, got ${JSON.stringify(file)}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  const facts = outputs["facts"]?.value;
  if (facts === undefined)
    throw new ConfigError(
      `${file} holds no output "facts"; it must be the output of the stack ${environment.id}--platform`,
    );
  // The output alone does not tell the state's serial.
  return factsFromOutput(environment, facts, 0);
}

async function factsFromState(
  context: CommandContext,
  project: Project,
  environment: Environment,
): Promise<EnvironmentFacts> {
  const { progress, signal } = context;
  progress.phase("synthesizing the platform");
  const stacks = await synthesize(project, {
    outdir: path.join(project.root, ".partner-ingest", "synth"),
    environments: [environment.id],
    partners: [],
  });
  const platform = stacks.find(({ kind }) => kind === "platform");
  if (platform === undefined) throw new AssumptionError("no platform stack was synthesized");
  progress.phase(`reading the state of ${platform.name}`);
  const runner = new TerraformStackRunner(
    openSession({ root: path.join(project.root, ".partner-ingest", "terraform"), signal }),
    { stack: platform.name, synthesized: platform.directory },
  );
  await runner.init();
  const { facts } = await runner.outputs();
  if (facts === undefined)
    throw new ConfigError(
      `the stack ${platform.name} has no output "facts": it was not applied yet; apply it first`,
    );
  const state = (await runner.statePull()) as { serial?: number } | undefined;
  return factsFromOutput(environment, facts, state?.serial ?? 0);
}
