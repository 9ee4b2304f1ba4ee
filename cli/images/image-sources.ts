import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { findOwnModule, loadModule } from "../../local/try/load-module";
import { AssumptionError, ConfigError } from "../../modules/core";

/** The base image, which this package brings; all others are directories of the project. */
export const BASE_IMAGE = "worker";

/** Directories beside a Dockerfile that are no part of the image. */
const NOT_IN_IMAGE = new Set(["stand-in", "node_modules"]);

/** Writes the build context of an image: what its Dockerfile copies, and nothing of this machine. */
export function writeContext(projectRoot: string, image: string, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  if (image === BASE_IMAGE) {
    const file = findOwnModule("images/worker/context");
    if (file === undefined) throw new AssumptionError("images/worker/context is missing");
    const { writeWorkerContext } = loadModule(file) as {
      writeWorkerContext: (directory: string) => void;
    };
    writeWorkerContext(directory);
    return;
  }
  const source = path.join(projectRoot, "images", image);
  if (!existsSync(path.join(source, "Dockerfile")))
    throw new ConfigError(
      `images/${image}/Dockerfile does not exist; add it, or remove ${JSON.stringify(image)} from images of the environment`,
    );
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(source))
    if (!NOT_IN_IMAGE.has(name))
      cpSync(path.join(source, name), path.join(directory, name), { recursive: true });
}

/** SHA-256 of a context: names and contents of its files, in one order. */
export function contextDigest(directory: string): string {
  const hash = createHash("sha256");
  for (const name of filesBelow(directory)) {
    const content = readFileSync(path.join(directory, name));
    hash.update(`${name}\0${String(content.length)}\0`).update(content);
  }
  return `sha256:${hash.digest("hex")}`;
}

/** Arguments that a Dockerfile declares without a default: whoever builds it must give them. */
export function requiredArguments(directory: string): { all: string[]; required: string[] } {
  const text = readFileSync(path.join(directory, "Dockerfile"), "utf8");
  const declared = [...text.matchAll(/^ARG\s+([A-Za-z_]\w*)(=.*)?$/gmu)];
  const all = [...new Set(declared.map(([, name = ""]) => name))];
  const defaulted = new Set(
    declared.flatMap(([, name = "", value]) => (value === undefined ? [] : [name])),
  );
  return { all, required: all.filter((name) => !defaulted.has(name)) };
}

function filesBelow(directory: string, prefix = ""): string[] {
  return readdirSync(path.join(directory, prefix), { withFileTypes: true })
    .flatMap((entry) => {
      const name = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(directory, name) : [name];
    })
    .sort();
}
