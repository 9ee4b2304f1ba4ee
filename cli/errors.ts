import { CommanderError } from "commander";
import { CLI_EXIT_CODES, type CliExitName } from "./exit-codes";
import { type Colors } from "./output/colors";

/** An error as the command line tells it. */
export interface ToldError {
  readonly exit: CliExitName;
  /** One text for each independent fault. */
  readonly faults: readonly string[];
  /** For errors of ours alone. */
  readonly stack?: string | undefined;
}

/** Says what an error is. By name: the user's files may bring their own copy of this package. */
export function toldError(error: unknown): ToldError {
  if (!(error instanceof Error)) return { exit: "internal", faults: [String(error)] };
  if (error instanceof CommanderError) return { exit: "settings", faults: [error.message] };
  switch (error.name) {
    case "ConfigError":
    case "ValidationError":
      return { exit: "settings", faults: faultsOf(error) };
    case "MissingToolError":
      return { exit: "missingTool", faults: [error.message] };
    case "TerraformError":
    case "ToolError":
    case "CloudError":
      return { exit: "toolFailed", faults: [error.message] };
    case "InterruptedError":
    case "AbortError":
      return { exit: "interrupted", faults: ["stopped; everything that was started has ended"] };
    default:
      return { exit: "internal", faults: [error.message], stack: error.stack };
  }
}

/** An error as text for stderr. */
export function errorText({ faults, stack }: ToldError, colors: Colors): string {
  const lines = faults.map((fault) => `${colors.red("error:")} ${fault.replaceAll("\n", "\n  ")}`);
  return `${[...lines, ...(stack === undefined ? [] : [colors.dim(stack)])].join("\n")}\n`;
}

/** An error as JSON for stdout. */
export function errorJson({ exit, faults }: ToldError): unknown {
  return { ok: false, exit, code: CLI_EXIT_CODES[exit].code, faults };
}

function faultsOf(error: Error): readonly string[] {
  const { faults } = error as { faults?: unknown };
  return Array.isArray(faults) ? faults.map(String) : [error.message];
}
