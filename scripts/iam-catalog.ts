import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { catalogFiles } from "./generated-iam-catalog";

/** Writes the catalog of IAM actions. With `--check` it only says which files are out of date. */
async function main(): Promise<void> {
  const root = path.resolve(__dirname, "..");
  const check = process.argv.includes("--check");
  const stale: string[] = [];
  for (const [file, content] of Object.entries(await catalogFiles())) {
    const target = path.join(root, file);
    if (readOrEmpty(target) === content) continue;
    stale.push(file);
    if (!check) writeFileSync(target, content);
  }
  if (stale.length > 0)
    process.stderr.write(`${check ? "out of date" : "written"}: ${stale.join(", ")}\n`);
  if (check && stale.length > 0) process.exitCode = 1;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

void main();
