import { cp, mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { type ContainerMount } from "./container-runtime";

/** What a container's root is made of. */
export interface ContainerLayout {
  readonly root: string;
  readonly imageRoot: string | undefined;
  /** Holds the volumes that outlive containers. */
  readonly volumes: string;
  readonly mounts: readonly ContainerMount[];
}

/**
 * Makes the directory that stands for a container's root: a copy of what the image holds, and its mounts. A volume is a
 * directory of its own, which a link in the root leads to; one without a source is empty and goes with the container.
 */
export async function layContainer(layout: ContainerLayout): Promise<void> {
  const { root, imageRoot, volumes, mounts } = layout;
  await mkdir(root, { recursive: true });
  if (imageRoot !== undefined) await cp(imageRoot, root, { recursive: true });
  for (const { containerPath, source } of mounts) {
    const target = path.join(root, containerPath);
    if (source === undefined) {
      await mkdir(target, { recursive: true });
      continue;
    }
    const volume = path.join(volumes, ...source.split("/").map(encodeURIComponent));
    await mkdir(volume, { recursive: true });
    await mkdir(path.dirname(target), { recursive: true });
    await symlink(volume, target, "dir");
  }
}
