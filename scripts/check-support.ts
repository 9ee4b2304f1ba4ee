import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The root of this repository. */
export const ROOT = path.resolve(__dirname, "..");

/** Runs the work in a new directory that is gone afterwards. */
export async function inTemporaryDirectory(
  name: string,
  work: (directory: string) => void | Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), `${name}-`));
  try {
    await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs a command in view; ends this process with its code when it fails. */
export function run(
  directory: string,
  command: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): void {
  const [program = "", ...args] = command;
  process.stdout.write(`$ ${command.join(" ")}\n`);
  const { error, signal, status } = spawnSync(program, args, {
    cwd: directory,
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${command.join(" ")} ended with ${String(status ?? signal)}, expected 0`);
}

/** Runs a command and returns what it wrote. */
export function output(directory: string, command: readonly string[]): string {
  const [program = "", ...args] = command;
  return execFileSync(program, args, {
    cwd: directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/**
 * An environment in which only Node is installed: a PATH with node, npm, npx and the shell that npm runs scripts with,
 * and nothing of this process but what programs need to find their home and npm its settings.
 */
export function nodeOnly(directory: string): NodeJS.ProcessEnv {
  const bin = path.join(directory, "bin");
  mkdirSync(bin, { recursive: true });
  const nodes = path.dirname(process.execPath);
  const npm = output(directory, ["npm", "root", "-g"]).trim();
  const links: Record<string, string> = {
    node: process.execPath,
    npm: path.join(npm, "npm/bin/npm-cli.js"),
    npx: path.join(npm, "npm/bin/npx-cli.js"),
    sh: "/bin/sh",
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(bin, name));
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      /^(HOME|USER|TMPDIR|LANG|LC_.*|CI|HTTPS?_PROXY|NO_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)$/iu.test(
        name,
      ) || /^npm_config_(cache|registry|userconfig|cafile)$/iu.test(name),
  );
  process.stdout.write(`PATH holds node (of ${nodes}), npm, npx and sh\n`);
  return { ...Object.fromEntries(kept), PATH: bin };
}
