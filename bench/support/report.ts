import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";

/** One row of the table. */
export interface Row {
  readonly work: string;
  readonly peer: string;
  /** What was found, e.g. `1.52x`. */
  readonly found: string;
  /** What the project promises, e.g. `1.2x`. */
  readonly promised: string;
  readonly kept: boolean;
  readonly details: string;
}

/** The results of one benchmark. */
export interface Section {
  readonly title: string;
  readonly command: string;
  /** ISO 8601 instant. */
  readonly at: string;
  readonly machine: string;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

const ROOT = join(__dirname, "../..");
const RESULTS = join(__dirname, "../results");

/** The machine as a reader of the table needs it. */
export function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const load = loadavg()[1] ?? 0;
  // A benchmark keeps client and server busy: above that the machine had other work, and the tables say so.
  const shared =
    load > cpus().length + 1 ? `, shared with other work (load average ${load.toFixed(0)})` : "";
  return `${String(cpus().length)} cores (${first?.model.trim() ?? "unknown"}), ${String(memory)} GiB, Node ${process.versions.node}, Linux${shared}`;
}

/** Keeps the results of a benchmark, and writes the document from all that were kept. */
export function saveSection(id: string, section: Section): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${id}.json`), `${JSON.stringify(section, undefined, 2)}\n`);
  writeFileSync(join(ROOT, "docs/performance.md"), renderPerformance(readSections()));
  const files = [join(ROOT, "docs/performance.md"), join(RESULTS, `${id}.json`)];
  // Formatted as all documents of the project are.
  execFileSync(process.execPath, [
    require.resolve("prettier/bin/prettier.cjs"),
    "--write",
    ...files,
  ]);
}

function readSections(): readonly Section[] {
  if (!existsSync(RESULTS)) return [];
  return readdirSync(RESULTS)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(RESULTS, name), "utf8")) as Section);
}

/** The text of `docs/performance.md`. */
export function renderPerformance(sections: readonly Section[]): string {
  const parts = sections.map(({ title, command, at, machine: where, rows, notes }) =>
    [
      `## ${title}`,
      `\`${command}\`, ${at.slice(0, 16).replace("T", " ")} UTC, on ${where}.`,
      [
        "| work | peer | found | promised | |",
        "| --- | --- | --- | --- | --- |",
        ...rows.map(
          (row) =>
            `| ${row.work} | ${row.peer} | ${row.found} | ${row.promised} | ${row.kept ? "kept" : "**missed**"}; ${row.details} |`,
        ),
      ].join("\n"),
      ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join("\n")]),
    ].join("\n\n"),
  );
  return `${[
    "# Performance",
    "Made by the benchmarks in `bench/`; not edited by hand. Client and server share one machine and speak over loopback, " +
      "so a number says how two programs compare on the same work, not how fast S3 is. Each ratio is the median over " +
      "pairs that ran one after the other, whole processes with their start-up; above 1 the worker is faster. " +
      "Where a section says that the machine had other work, ratios scatter, and processor time is the steadier number.",
    ...parts,
  ].join("\n\n")}\n`;
}
