import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { build, type Plugin } from "esbuild";
import type { Mutant } from "./mutants";
import type * as played from "./played";

const ROOT = path.join(__dirname, "../../..");

/** How a mutant was found out. */
export interface Hunted {
  readonly name: string;
  /** Number of the history that found it, or name of the calm one whose calls go wrong in turn; missing where none did. */
  readonly caughtBy?: number | string | undefined;
  readonly fault?: string | undefined;
}

/** So many histories come before those whose calls go wrong in turn. */
const SOON = 300;

/** Builds the functions with a fault in them and plays histories until one finds it. */
export async function hunt(mutant: Mutant, histories: number): Promise<Hunted> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "mutant-"));
  try {
    const outfile = path.join(directory, "played.cjs");
    await build({
      entryPoints: [path.join(__dirname, "played.ts")],
      bundle: true,
      platform: "node",
      format: "cjs",
      outfile,
      logLevel: "silent",
      plugins: [replacing(mutant)],
    });
    const { playNumbered, SCENARIOS, sweep } = createRequire(__filename)(outfile) as typeof played;
    const { name } = mutant;
    const inHistories = async (from: number, to: number): Promise<Hunted | undefined> => {
      for (let seed = from; seed <= to; seed += 1) {
        const [fault] = (await playNumbered(seed)).faults;
        if (fault !== undefined) return { name, caughtBy: seed, fault };
      }
      return undefined;
    };
    const soon = await inHistories(1, Math.min(histories, SOON));
    if (soon !== undefined || histories <= SOON) return soon ?? { name };
    for (const scenario of SCENARIOS) {
      const [fault] = (await sweep(scenario, { untilFault: true })).faults;
      if (fault !== undefined) return { name, caughtBy: scenario.name, fault };
    }
    return (await inHistories(SOON + 1, histories)) ?? { name };
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
