import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunningStandIn } from "../../../images/stand-in";

/** Writes a stand-in's files below the directory that stands for the container's root. */
export async function placeInRoot(root: RunningStandIn["root"], localRoot: string): Promise<void> {
  for (const [path, content] of Object.entries(root)) {
    const file = join(localRoot, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    // Apart from writing: the mode of an existing file stays as it is there, and the umask takes bits away.
    await chmod(file, 0o755);
  }
}
