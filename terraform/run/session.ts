import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Machine, thisMachine } from "../machine";
import { cliConfig } from "../tools/cli-config";
import { findProviderMirror } from "../tools/find-provider-mirror";
import { findTerraform } from "../tools/find-terraform";
import type { TerraformEvent } from "./events";
import { terraformEnvironment } from "./terraform-process";

/** Settings of {@link openSession}. */
export interface SessionOptions {
  /** Directory that the working directories of the stacks lie in, e.g. `.partner-ingest/terraform`. */
  readonly root: string;
  /** Variables for Terraform on top of the machine's; `undefined` removes one. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly onEvent?: (event: TerraformEvent) => void;
  readonly signal?: AbortSignal;
  readonly machine?: Machine;
}

/** What the runs of several stacks share: the program, where providers come from, whom to tell. */
export interface TerraformSession {
  readonly program: string;
  readonly root: string;
  readonly onEvent: (event: TerraformEvent) => void;
  readonly signal: AbortSignal | undefined;
  /** The environment for a stack that needs the AWS provider in a version (`undefined`: any). */
  environmentFor(providerVersion: string | undefined): NodeJS.ProcessEnv;
  /** Runs one `terraform init` at a time: Terraform's own cache of providers can not be shared between several. */
  initialising<T>(init: () => Promise<T>): Promise<T>;
}

/**
 * Finds Terraform and prepares runs of it.
 *
 * @throws MissingToolError when Terraform is not on the PATH
 */
export function openSession(options: SessionOptions): TerraformSession {
  const machine = options.machine ?? thisMachine();
  const root = path.resolve(options.root);
  const program = findTerraform(machine);
  let last: Promise<unknown> = Promise.resolve();
  return {
    program,
    root,
    onEvent: options.onEvent ?? (() => undefined),
    signal: options.signal,
    environmentFor: (version) =>
      terraformEnvironment(machine, writeCliConfig(root, version, machine), options.environment),
    initialising: (init) => {
      const run = last.then(init, init);
      last = run.catch(() => undefined);
      return run;
    },
  };
}

/** Writes the CLI configuration for a provider version; stacks of one version share the file. */
function writeCliConfig(root: string, version: string | undefined, machine: Machine): string {
  const cache = path.join(root, "providers");
  mkdirSync(cache, { recursive: true });
  const mirror = version === undefined ? undefined : findProviderMirror(version, machine);
  const file = path.join(root, `${version ?? "any"}.tfrc`);
  writeFileSync(file, cliConfig({ mirror, cache }));
  return file;
}
