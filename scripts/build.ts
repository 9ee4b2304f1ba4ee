import { cpSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "./check-support";

/** Parts of the package that hold more than TypeScript: what is read at run time from beside the code. */
const WITH_FILES = ["images", "modules"];

/** Compiles the package into `dist/`, and puts the files that its code reads beside it. */
function main(): void {
  rmSync(path.join(ROOT, "dist"), { recursive: true, force: true });
  run(ROOT, [process.execPath, require.resolve("typescript/bin/tsc"), "-p", "tsconfig.build.json"]);
  for (const part of WITH_FILES)
    for (const file of filesBelow(part))
      if (!/\.(ts|md)$/u.test(file)) cpSync(path.join(ROOT, file), path.join(ROOT, "dist", file));
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(path.join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(name) : [name];
  });
}

main();
