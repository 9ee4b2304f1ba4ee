import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { bundleWorker } from "./bundle";

/**
 * Writes the build context of the worker image: its Dockerfile and the bundled worker, nothing else. Equal sources
 * give equal contexts, so that a builder's cache and the image's digest hold.
 *
 * @param directory - absolute path; made where it is not there
 */
export function writeWorkerContext(directory: string): void {
  mkdirSync(directory, { recursive: true });
  copyFileSync(dockerfile(), join(directory, "Dockerfile"));
  bundleWorker(join(directory, "worker.js"));
}

/** The Dockerfile lies in the sources, also when this module runs compiled. */
function dockerfile(): string {
  const candidates = [
    join(__dirname, "Dockerfile"),
    join(__dirname, "../../../images/worker/Dockerfile"),
  ];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`the worker's Dockerfile is missing, looked for ${candidates.join(" and ")}`);
  return found;
}
