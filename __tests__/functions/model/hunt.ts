import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { build, type Plugin } from "esbuild";
import type * as history from "./history";
import type { Mutant } from "./mutants";

const ROOT = path.join(__dirname, "../../..");

/** How a mutant was found out. */
export interface Hunted {
  readonly name: string;
  /** Number of the history that found it; missing where none did. */
  readonly caughtBy?: number | undefined;
  readonly fault?: string | undefined;
}

/** Builds the functions with a fault in them and plays histories until one finds it. */
export async function hunt(mutant: Mutant, histories: number): Promise<Hunted> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "mutant-"));
  try {
    const outfile = path.join(directory, "history.cjs");
    await build({
      entryPoints: [path.join(__dirname, "history.ts")],
      bundle: true,
      platform: "node",
      format: "cjs",
      outfile,
      logLevel: "silent",
      plugins: [replacing(mutant)],
    });
    const { playNumbered } = createRequire(__filename)(outfile) as typeof history;
    for (let seed = 1; seed <= histories; seed += 1) {
      const [fault] = (await playNumbered(seed)).faults;
      if (fault !== undefined) return { name: mutant.name, caughtBy: seed, fault };
    }
    return { name: mutant.name };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Puts the fault in. A mutant whose text is not there any more, or more than once, is an error: it would test nothing. */
export function mutated({ name, file, find, replace }: Mutant): string {
  const text = readFileSync(path.join(ROOT, file), "utf8");
  const times = text.split(find).length - 1;
  if (times !== 1)
    throw new Error(
      `${JSON.stringify(name)} looks for a text that is ${String(times)} times in ${file}, once is right; write the mutant anew`,
    );
  return text.replace(find, () => replace);
}

// Read by Go: the flag of JavaScript is not known there.
const FILTER = new RegExp("[.]ts$");

const replacing = (mutant: Mutant): Plugin => ({
  name: "mutant",
  setup: (builder) => {
    builder.onLoad({ filter: FILTER }, ({ path: file }) =>
      path.relative(ROOT, file) === mutant.file
        ? { contents: mutated(mutant), loader: "ts" }
        : undefined,
    );
  },
});
