import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

/**
 * Bundles the worker with all that it needs into one file, for the image and for runs on one machine. Equal sources
 * give equal bytes, wherever they lie; no path of this machine is in it.
 *
 * @param outfile - absolute path of the file to write
 */
export function bundleWorker(outfile: string): void {
  bundleAsWorker(entryPoint(), outfile);
}

/** Bundles a program in the same way: benchmarks measure what the image holds. */
export function bundleAsWorker(entry: string, outfile: string): void {
  buildSync({
    entryPoints: [entry],
    outfile,
    // Modules are named by their paths from here.
    absWorkingDir: __dirname,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // Of modules in ECMAScript's form what is not used stays out: a quarter less to load at each start.
    mainFields: ["module", "main"],
    minifyWhitespace: true,
    // Else the modules' paths stay in the file. The names of functions are kept for stack traces.
    minifyIdentifiers: true,
    keepNames: true,
    legalComments: "eof",
    sourcemap: false,
    logLevel: "silent",
  });
}

/** The worker's entry: TypeScript in the sources, JavaScript in the published package. */
function entryPoint(): string {
  const candidates = ["main.ts", "main.js"].map((name) => join(__dirname, "src", name));
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`the worker's entry is missing, looked for ${candidates.join(" and ")}`);
  return found;
}
