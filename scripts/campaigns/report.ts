import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultRow } from "./faults";
import type { KillResult } from "./kill";

const ROOT = join(__dirname, "../..");
const RESULTS = join(__dirname, "results");

/** Keeps the text of a campaign's result, and writes the document from all that were kept. */
export function saveCampaign(id: string, text: string): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${id}.md`), `${text}\n`);
  const kept = existsSync(RESULTS) ? readdirSync(RESULTS).sort() : [];
  const parts = kept
    .filter((name) => name.endsWith(".md"))
    .map((name) => readFileSync(join(RESULTS, name), "utf8").trim());
  writeFileSync(
    join(ROOT, "docs/campaigns.md"),
    `${[
      "# Campaigns",
      "Made by the programs in `scripts/campaigns/`; not edited by hand. Those of workers run their own bundle as a process, " +
        "against the S3 of `local/s3`, which checks every checksum and condition. CI runs a small sample of each.",
      ...parts,
    ].join("\n\n")}\n`,
  );
  format([join(ROOT, "docs/campaigns.md"), join(RESULTS, `${id}.md`)]);
}

function format(files: readonly string[]): void {
  execFileSync(process.execPath, [
    require.resolve("prettier/bin/prettier.cjs"),
    "--write",
    ...files,
  ]);
}

/** The result of a kill campaign, for people. */
export function killText(result: KillResult, command: string, at: Date): string {
  const total = Object.values(result.kills).reduce((sum, count) => sum + count, 0);
  return [
    "## Workers that are killed",
    `\`${command}\`, ${at.toISOString().slice(0, 16).replace("T", " ")} UTC. ` +
      "Workers that fetch and publish an order are killed at random moments, up to four times in one run. Afterwards every " +
      "object must hold exactly its bytes, nothing may be missing or written twice, no upload may be left open, staging " +
      "must be empty, and there must be exactly one manifest.",
    [
      "| | |",
      "| --- | --- |",
      `| runs | ${String(result.runs)} |`,
      `| signals sent | ${String(total)} |`,
      ...Object.entries(result.kills)
        .sort()
        .map(([name, count]) => `| ${name} | ${String(count)} |`),
      `| staging lost between attempts | ${String(result.stagingLost)} |`,
      `| attempts that left an upload to go on with | ${String(result.resumed)} |`,
      `| faults found | ${String(result.faults.length)} |`,
    ].join("\n"),
    ...(result.faults.length === 0 ? [] : [result.faults.map((fault) => `- ${fault}`).join("\n")]),
  ].join("\n\n");
}

/** The result of a fault campaign, for people. */
export function faultText(rows: readonly FaultRow[], command: string, at: Date): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  return [
    "## An S3 that goes wrong",
    `\`${command}\`, ${at.toISOString().slice(0, 16).replace("T", " ")} UTC. ` +
      "Each fault hits 15 % of the requests, 50 % where it can hit one kind of them only; the step is tried up to five times, as Batch does after an end " +
      "that a retry may mend. An order is delivered, or fails with a reason; what can be read never holds a wrong byte.",
    [
      "| fault | delivered | failed | attempts | requests hit | wrong | reason of the first failure |",
      "| --- | --- | --- | --- | --- | --- | --- |",
      ...rows.map(
        ({ fault, delivered, failed, attempts, hit, wrong }) =>
          `| ${fault} | ${String(delivered)} | ${String(failed.length)} | ${String(attempts)} | ${String(hit)} | ${String(wrong.length)} | ${cell(failed[0] ?? "")} |`,
      ),
    ].join("\n"),
  ].join("\n\n");
}
