import { format } from "prettier";
import { CLI_EXIT_CODES } from "../cli/exit-codes";
import { EXIT_CODES } from "../modules/contract";

/** Documents that follow from code, by their path in the repository. */
export async function generatedDocs(): Promise<Record<string, string>> {
  return {
    "docs/cli-exit-codes.md": await markdown(cliExitCodes()),
    "docs/exit-codes.md": await markdown(exitCodes()),
  };
}

function exitCodes(): string {
  const rows = Object.entries(EXIT_CODES)
    .sort(([, a], [, b]) => a.code - b.code)
    .map(
      ([name, { code, onExit, meaning }]) =>
        `| ${String(code)} | \`${name}\` | ${onExit === "retry" ? "tries again" : "ends the job"} | ${meaning} |`,
    );
  return [
    "# Exit codes of the worker",
    "",
    "Made from `modules/contract/exit-codes.ts` by `npm run docs`; do not edit.",
    "",
    "Job definitions retry by this table, and the functions read the end of a job by it. The partner's program never",
    "decides a code: its own code is recorded in the step's report.",
    "",
    "| code | name | Batch | meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function cliExitCodes(): string {
  return [
    "# Exit codes of the command line",
    "",
    "Made from `cli/exit-codes.ts` by `npm run docs`; do not edit.",
    "",
    "| code | name | meaning |",
    "|---|---|---|",
    ...Object.entries(CLI_EXIT_CODES).map(
      ([name, { code, meaning }]) => `| ${String(code)} | \`${name}\` | ${meaning} |`,
    ),
    "",
  ].join("\n");
}

async function markdown(text: string): Promise<string> {
  return format(text, { parser: "markdown", printWidth: 100 });
}
