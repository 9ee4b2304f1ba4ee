import { mkdirSync, rmSync } from "node:fs";
import { synthesize } from "../../modules/app";
import { AssumptionError } from "../../modules/core";
import { removeLeftovers } from "../batch";
import { type DeclaredPartner } from "../terraform-json";
import { findOwnModule, loadModule } from "./load-module";
import { type TryPaths } from "./paths";
import { findStandIn, imageName, type StandIns, startStandIns } from "./stand-ins";
import { type TryOptions } from "./try-partner";

/** Makes the state directory, without what earlier runs left that is of no use: all of it for a fresh run. */
export function prepareState({ fresh }: TryOptions, paths: TryPaths): void {
  // A process that was killed could not end its containers.
  removeLeftovers(paths.batch);
  if (fresh === true) rmSync(paths.root, { recursive: true, force: true, maxRetries: 3 });
  mkdirSync(paths.root, { recursive: true });
}

/** Synthesizes the partner's stack. Returns its directory. */
export async function synthesizePartner(
  { project, environment, partner }: TryOptions,
  paths: TryPaths,
): Promise<string> {
  const stacks = await synthesize(project, {
    outdir: paths.terraform,
    environments: [environment],
    partners: [partner],
  });
  const stack = stacks.find(({ owner }) => owner === partner);
  if (stack === undefined) throw new AssumptionError(`no stack of ${partner} was synthesized`);
  return stack.directory;
}

/** Bundles the worker into one file, as its image holds it. */
export function bundleWorker(outfile: string): void {
  const file = findOwnModule("images/worker/bundle");
  if (file === undefined) throw new AssumptionError("images/worker/bundle is missing");
  (loadModule(file) as { bundleWorker: (outfile: string) => void }).bundleWorker(outfile);
}

/** Starts what stands in for the partner, in each image that its jobs use. */
export function startAll(
  { project, partner, findStandIn: find }: TryOptions,
  declared: DeclaredPartner,
  paths: TryPaths,
): Promise<StandIns> {
  const images = Object.values(declared.jobDefinitions).map(({ containerProperties }) =>
    imageName(containerProperties?.image ?? ""),
  );
  return startStandIns(
    // A partner whose files need no program has no image of its own: what it drops is made by images/<partner>.
    [...new Set([...images, partner])],
    paths.images,
    find ?? ((image) => findStandIn(project.root, image)),
  );
}
