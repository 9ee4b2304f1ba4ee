import { existsSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { AssumptionError } from "../core";

/**
 * Bundles a function with all that it imports into one CommonJS file: what `functions/<name>/index` exports.
 * Equal sources give equal bytes, wherever they lie; no path of the machine is in them.
 *
 * Only ever for functions: the Terraform app itself must not be bundled, because cdktf starts itself again by its own
 * file name to pack assets.
 */
export function bundleFunction(name: string, root = functionsRoot()): Buffer {
  const { outputFiles } = buildSync({
    entryPoints: [entryPoint(root, name)],
    // Names of modules within the bundle are relative to this directory.
    absWorkingDir: path.join(root, name),
    bundle: true,
    write: false,
    outdir: "out",
    platform: "node",
    target: "node22",
    format: "cjs",
    minify: true,
    legalComments: "none",
    sourcemap: false,
    // Settings of the user's own project below which this package may be installed.
    tsconfigRaw: {},
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (file === undefined || outputFiles.length !== 1)
    throw new AssumptionError(
      `bundling functions/${name} gave ${String(outputFiles.length)} files`,
    );
  return Buffer.from(file.contents);
}

/** Beside `modules/`: in the sources and in the compiled package alike. */
function functionsRoot(): string {
  return path.resolve(__dirname, "../../functions");
}

/** TypeScript in the sources, JavaScript in the compiled package. */
function entryPoint(root: string, name: string): string {
  const candidates = ["index.ts", "index.js"].map((file) => path.join(root, name, file));
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined)
    throw new AssumptionError(
      `functions/${name} has no entry point, looked for ${candidates.join(" and ")}`,
    );
  return found;
}
