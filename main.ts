import path from "node:path";
import { ConfigError, loadProject, synthesize } from "./modules";

/*
 * What `cdktf synth` runs: environments and partners in, Terraform out, a stack each. No resources here.
 * `npm run cli -- synth` does the same by the same functions.
 */
async function main(): Promise<void> {
  const project = loadProject(__dirname);
  const stacks = await synthesize(project, {
    // cdktf-cli tells in this variable where it looks.
    outdir: path.resolve(process.env["CDKTF_OUTDIR"] ?? path.join(__dirname, "cdktf.out")),
    missingFacts: "leave-out",
  });
  for (const { name } of stacks) console.log(`synthesized ${name}`);
  for (const { environment, facts } of project.environments)
    if (facts === undefined)
      console.error(
        `environments/${environment.id}.facts.json is missing, so that the partners of ${environment.id} are left out; apply ${environment.id}--platform, then run: partner-ingest platform export --env ${environment.id}`,
      );
}

main().catch((error: unknown) => {
  // A fault of the user's settings is told without our stack.
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});
