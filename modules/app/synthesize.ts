import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { type BuildOptions, type BuiltStack, buildApp } from "./build-app";
import type { Project } from "./project";

/** A stack that was synthesized. */
export interface SynthesizedStack extends Omit<BuiltStack, "stack"> {
  /** Absolute path of the directory that Terraform runs in. */
  readonly directory: string;
}

/**
 * Builds a project's stacks and writes their Terraform: `<outdir>/stacks/<name>/cdk.tf.json` and what lies beside it.
 * What an earlier run wrote and this one does not is removed; what Terraform keeps there stays.
 */
export async function synthesize(
  project: Project,
  options: BuildOptions,
): Promise<readonly SynthesizedStack[]> {
  const { app, stacks } = await buildApp(project, options);
  removeSynthesized(app.outdir);
  app.synth();
  return stacks.map(({ name, kind, environment, owner }) => ({
    name,
    kind,
    environment,
    owner,
    directory: path.resolve(app.outdir, "stacks", name),
  }));
}

/** Files that Terraform itself keeps beside the configuration: providers, their lock, a local state, saved plans. */
const TERRAFORMS_OWN = /^\.terraform|\.tfstate|\.tfplan$/u;

/** Removes what an earlier synthesis wrote, as its manifest tells. */
function removeSynthesized(outdir: string): void {
  const manifest = path.join(outdir, "manifest.json");
  if (!existsSync(manifest)) return;
  const { stacks } = JSON.parse(readFileSync(manifest, "utf8")) as {
    stacks: Record<string, { workingDirectory: string }>;
  };
  for (const { workingDirectory } of Object.values(stacks)) {
    const directory = path.join(outdir, workingDirectory);
    if (!existsSync(directory)) continue;
    const names = readdirSync(directory).filter((name) => !TERRAFORMS_OWN.test(name));
    for (const name of names) rmSync(path.join(directory, name), { recursive: true });
    if (readdirSync(directory).length === 0) rmdirSync(directory);
  }
  rmSync(manifest);
}
