import { existsSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";

/** Writes the program of an invocation's process as one file of JavaScript. */
export function bundleRuntime(outfile: string): void {
  const entry = ["main.ts", "main.js"]
    .map((name) => path.join(__dirname, name))
    .find((file) => existsSync(file));
  if (entry === undefined) throw new Error(`${__dirname} holds no main.ts or main.js`);
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    tsconfigRaw: {},
    logLevel: "silent",
  });
}
