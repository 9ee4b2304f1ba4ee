import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Machine } from "../machine";

/** One call of the terraform program. */
export interface TerraformCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Called for each line of the standard output. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Ends Terraform gently: it finishes the request under way and saves its state. */
  readonly signal?: AbortSignal | undefined;
}

/** How a call ended. */
export interface TerraformExit {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs Terraform without a terminal and without input. */
export async function callTerraform(call: TerraformCall): Promise<TerraformExit> {
  call.signal?.throwIfAborted();
  const child = spawn(call.program, [...call.args], {
    cwd: call.directory,
    env: call.environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const interrupt = (): void => void child.kill("SIGINT");
  call.signal?.addEventListener("abort", interrupt, { once: true });
  const lines: string[] = [];
  createInterface({ input: child.stdout, crlfDelay: Infinity }).on("line", (line) => {
    lines.push(line);
    call.onLine?.(line);
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    return { code, lines, errors };
  } finally {
    call.signal?.removeEventListener("abort", interrupt);
  }
}

/**
 * The environment of a call: the machine's, without Terraform's own variables, which would add arguments or move the data
 * directory behind our back, and with `changes` on top (`undefined` removes).
 */
export function terraformEnvironment(
  machine: Machine,
  cliConfigFile: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): NodeJS.ProcessEnv {
  const kept = Object.entries(machine.env).filter(
    ([name]) => !name.startsWith("TF_") || /^TF_(VAR|TOKEN)_/u.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    TF_CLI_CONFIG_FILE: cliConfigFile,
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    ...changes,
  };
}
