import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Writes files that follow from code; with `--check` on the command line it only says which are out of date, and the
 * process ends with 1 when there are such.
 *
 * @param files - content by path in the repository
 */
export function writeGenerated(files: Readonly<Record<string, string>>): void {
  const root = path.resolve(__dirname, "..");
  const check = process.argv.includes("--check");
  const stale = Object.entries(files).filter(
    ([file, content]) => readOrEmpty(path.join(root, file)) !== content,
  );
  if (!check) for (const [file, content] of stale) writeFileSync(path.join(root, file), content);
  if (stale.length === 0) return;
  const names = stale.map(([file]) => file).join(", ");
  process.stderr.write(`${check ? "out of date" : "written"}: ${names}\n`);
  if (check) process.exitCode = 1;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
