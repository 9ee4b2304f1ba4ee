import { readFileSync } from "node:fs";
import path from "node:path";
import { AssumptionError } from "../core";
import { type Deployment, readDeployment } from "../iam/proof";
import { partnerSpec, resolvePartner } from "../partner-ingest";
import { accessRoles } from "./access-roles";
import type { Project } from "./project";
import { readerRoles } from "./reader-roles";
import { synthesize, type SynthesizedStack } from "./synthesize";

/** Which part of a project is read, and where its Terraform is written to. */
export interface ReadDeploymentsOptions {
  readonly outdir: string;
  /**
   * Ids of environments.
   * @default - all
   */
  readonly environments?: readonly string[] | undefined;
}

/**
 * Synthesizes a project and reads its environments back from the Terraform, as `iam prove` and its like look at them.
 * All partners belong to it: what one may do is only known beside the others.
 */
export async function readDeployments(
  project: Project,
  options: ReadDeploymentsOptions,
): Promise<readonly Deployment[]> {
  const stacks = await synthesize(project, options);
  const ids = [...new Set(stacks.map(({ environment }) => environment))];
  return ids.map((id) =>
    readEnvironment(
      project,
      id,
      stacks.filter(({ environment }) => environment === id),
    ),
  );
}

function readEnvironment(
  { environments, partners, imagesLock }: Project,
  id: string,
  stacks: readonly SynthesizedStack[],
): Deployment {
  const found = environments.find(({ environment }) => environment.id === id);
  if (found === undefined) throw new AssumptionError(`${JSON.stringify(id)} was synthesized`);
  const { environment, facts } = found;
  const resolved = partners.map((partner) =>
    resolvePartner({ partner, environment, facts, imagesLock }),
  );
  return readDeployment({
    environment: id,
    stacks: stacks.map(({ name, directory }) => ({
      name,
      terraform: JSON.parse(readFileSync(path.join(directory, "cdk.tf.json"), "utf8")) as unknown,
    })),
    facts,
    access: accessRoles(environment),
    readers: resolved.flatMap(readerRoles),
    specs: resolved.map(partnerSpec),
  });
}
