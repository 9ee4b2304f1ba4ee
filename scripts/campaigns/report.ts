import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultRow } from "./faults";
import type { KillResult } from "./kill";
import type { ProgramRow } from "./programs";
import { minute, table } from "./text";
import { WORKS } from "./work";

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
      "What was tried at length, and what came of it. Each part names its command; the numbers are written by the command, " +
        "not by hand. Where workers are run, it is the worker's bundle, as a process, against the S3 of `local/s3`, which checks " +
        "every checksum and condition; the damaged archives are read by the worker's reader within one process. CI runs a small " +
        "sample of each.",
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
  const { counts, kills, faults } = result;
  return [
    "## Workers that are killed",
    `\`${command}\`, ${minute(at)}. ` +
      "Workers are killed at random moments, up to four times in one run; attempt follows attempt until one is let come to " +
      "its end. They fetch and publish an order, put one into quarantine whose own checksum file does not hold, or unpack " +
      "an archive. Afterwards every object must hold exactly its bytes, nothing may be missing or written twice, no upload " +
      "may be left open, and there must be exactly one manifest (one reason, and no manifest, in quarantine); staging must " +
      "be empty after a delivery, and still hold what was refused.",
    table(
      ["work", "runs", "signals sent", "staging lost", "attempts that left an upload"],
      WORKS.map((work) => {
        const { runs, signals, stagingLost, resumed } = counts[work];
        return [work, runs, signals, work === "unpack" ? "has none" : stagingLost, resumed];
      }),
    ),
    table(
      ["signal and moment", "times"],
      Object.entries(kills).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    `Faults found: ${String(faults.length)}.`,
    ...(faults.length === 0 ? [] : [faults.map((fault) => `- ${fault}`).join("\n")]),
  ].join("\n\n");
}

/** The result of a fault campaign, for people. */
export function faultText(rows: readonly FaultRow[], command: string, at: Date): string {
  return [
    "## An S3 that goes wrong",
    `\`${command}\`, ${minute(at)}. ` +
      "Half of the orders are fetched and published, half are archives that are unpacked. Each fault hits 15 % of the requests, 50 % where it can hit one kind of them only; the step is tried up to five times, as Batch does after an end " +
      'that a retry may mend. An order is delivered, or fails with a reason that names the file or object ("nameless" counts the others); "wrong" counts wrong bytes, objects too few, too many or ' +
      "written twice, and uploads that a delivered order left open.",
    table(
      [
        "fault",
        "delivered",
        "failed",
        "attempts",
        "requests hit",
        "wrong",
        "nameless",
        "reason of the first failure",
      ],
      rows.map(({ fault, delivered, failed, attempts, hit, wrong, nameless }) => [
        ...[fault, delivered, failed.length, attempts, hit, wrong.length, nameless.length],
        failed[0] ?? "",
      ]),
    ),
  ].join("\n\n");
}

/** What became of programs that misbehave, for people. */
export function programText(rows: readonly ProgramRow[], command: string, at: Date): string {
  return [
    "## Programs that misbehave",
    `\`${command}\`, ${minute(at)}. ` +
      "What stands for a partner's program does what none should, under the worker as in a job. The step must end as it " +
      "should and tell why; what the program leaves must be looked after. A disk that fills up is a file system of 8 MiB.",
    table(
      [
        "the program",
        "the step ends as",
        "what it leaves",
        "seconds",
        "worker's peak MiB",
        "faults",
      ],
      rows.map(({ name, ended, leavings, seconds, peakMib, faults }) => [
        ...[name, `\`${ended}\``, leavings, seconds, peakMib],
        faults.length === 0 ? "none" : faults.join("; "),
      ]),
    ),
  ].join("\n\n");
}
