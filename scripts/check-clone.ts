import { readFileSync } from "node:fs";
import path from "node:path";
import { inTemporaryDirectory, nodeOnly, output, ROOT, run } from "./check-support";

/**
 * Runs the README's two commands in a fresh clone of what is committed, with nothing but Node on the PATH: a newcomer's
 * first minutes. Arguments go on to the test command (`-- --json --outputFile=F`), so that CI runs the tests once, here.
 */
async function main(): Promise<void> {
  await inTemporaryDirectory("check-clone", (directory) => {
    const clone = path.join(directory, "clone");
    run(ROOT, ["git", "clone", "--quiet", "--no-hardlinks", ROOT, clone]);
    const environment = nodeOnly(directory);
    run(clone, ["npm", "ci", "--prefer-offline"], environment);
    run(clone, ["npm", "start"], environment);
    mustBePage(path.join(clone, ".partner-ingest/report.html"));
    const forwarded = process.argv.slice(2);
    run(clone, ["npm", "test", ...(forwarded.length > 0 ? ["--", ...forwarded] : [])], environment);
    mustBeClean(clone);
  });
  process.stdout.write("the README's commands work in a fresh clone\n");
}

function mustBePage(file: string): void {
  const page = readFileSync(file, "utf8");
  if (!page.includes("</html>") || !page.includes("<svg"))
    throw new Error(`${file} is no whole page with a picture; npm start must write one`);
}

/** Neither command may write into what is versioned. */
function mustBeClean(clone: string): void {
  const changed = output(clone, ["git", "status", "--porcelain"]);
  if (changed !== "") throw new Error(`npm start or npm test changed the clone:\n${changed}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
