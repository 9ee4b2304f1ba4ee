import { format } from "prettier";
import { CLI_EXIT_CODES } from "../cli/exit-codes";
import {
  EXIT_CAUSES,
  FOREIGN_EXIT_CAUSES,
  INTERRUPTED_BY_HOST,
  JOB_REASONS,
  UNKNOWN_REASON,
  type Cause,
} from "../modules/batch-reasons";
import { EXIT_CODES } from "../modules/contract";
import { deployerPermissionsDoc } from "./deployer-permissions-doc";

/** Documents that follow from code, by their path in the repository. */
export async function generatedDocs(): Promise<Record<string, string>> {
  return {
    "docs/cli-exit-codes.md": await markdown(cliExitCodes()),
    "docs/deployer-permissions.md": await markdown(deployerPermissionsDoc()),
    "docs/exit-codes.md": await markdown(exitCodes()),
    "docs/failures.md": await markdown(failures()),
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

function failures(): string {
  const line = ({ code, class: whose, text, cure, infrastructure }: Cause): string =>
    `| \`${code}\` | ${whose} | ${infrastructure ? "yes" : "no"} | ${text} | ${cure} |`;
  const head = ["| code | whose matter | submitted anew | cause | cure |", "|---|---|---|---|---|"];
  return [
    "# Why runs fail, and what to do",
    "",
    "Made from `modules/batch-reasons` by `npm run docs`; do not edit.",
    "",
    "Announcements, `orders show` and the log name the code. *Submitted anew* says that the step goes to the on-demand",
    "queue by itself, with what comes after it.",
    "",
    "## What Batch and ECS say",
    "",
    ...head,
    ...JOB_REASONS.map(line),
    "",
    "## What the worker says by its exit code",
    "",
    ...head,
    ...Object.entries(EXIT_CAUSES)
      .filter(([name]) => name !== "ok")
      .map(([, cause]) => line(cause)),
    line(INTERRUPTED_BY_HOST),
    "",
    "## What a container says whose worker could not",
    "",
    "Exit codes that the worker never uses, of signals and of what did not start.",
    "",
    ...head,
    ...Object.values(FOREIGN_EXIT_CAUSES).map(line),
    line(UNKNOWN_REASON),
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
