import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { killMarked } from "../process/marked-processes";

/** Variable that marks every process of a container; Docker sets it too, to the container's id. */
export const CONTAINER_MARK = "HOSTNAME";

/** Directory that holds the roots of containers while they run, each named by the container's id. */
export const containersDirectory = (directory: string): string =>
  path.join(directory, "containers");

/**
 * Ends containers that a process left behind which was killed itself, and removes their roots. To be called before
 * anything is started in the directory.
 */
export function removeLeftovers(directory: string): void {
  const containers = containersDirectory(directory);
  if (!existsSync(containers)) return;
  for (const id of readdirSync(containers)) killMarked(CONTAINER_MARK, id);
  rmSync(containers, { recursive: true, force: true, maxRetries: 3 });
}
