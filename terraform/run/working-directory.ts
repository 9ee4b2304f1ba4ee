import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../../modules/core";

/** The synthesized configuration of a stack as JSON. */
export type StackJson = Readonly<Record<string, unknown>>;

const CONFIGURATION = "cdk.tf.json";
const ASSETS = "assets";

/** Reads what was synthesized for a stack: the directory `<out>/stacks/<stack>`. */
export function readStack(directory: string): StackJson {
  const file = path.join(directory, CONFIGURATION);
  if (!existsSync(file))
    throw new ConfigError(`${file} does not exist; synthesize the stacks first`);
  return JSON.parse(readFileSync(file, "utf8")) as StackJson;
}

/** Where Terraform works on a stack. Outlives synthesis, so that a local state and the providers stay. */
export class WorkingDirectory {
  /** Absolute. */
  readonly path: string;

  constructor(root: string, stack: string) {
    this.path = path.resolve(root, stack);
  }

  /** Absolute path of a file in it. */
  file(name: string): string {
    return path.join(this.path, name);
  }

  /** Forgets the chosen providers where the configuration asks for another version than Terraform once locked. */
  private unlock(providerVersion: string | undefined): void {
    const file = this.file(".terraform.lock.hcl");
    if (!existsSync(file)) return;
    const locked = /version\s*=\s*"([^"]+)"/u.exec(readFileSync(file, "utf8"))?.[1];
    if (locked !== providerVersion) rmSync(file);
  }

  /** Puts a configuration and the assets that it names in place of the ones before. */
  fill(configuration: StackJson, synthesized: string): void {
    mkdirSync(this.path, { recursive: true });
    rmSync(this.file(ASSETS), { recursive: true, force: true });
    const assets = path.join(synthesized, ASSETS);
    // Links are followed: a working directory must not change when the stack is synthesized again.
    if (existsSync(assets))
      cpSync(assets, this.file(ASSETS), { recursive: true, dereference: true });
    this.unlock(exactProviderVersion(configuration));
    writeFileSync(this.file(CONFIGURATION), `${JSON.stringify(configuration, undefined, 2)}\n`);
  }
}

/** The AWS provider's version where it is pinned exactly: only then a mirror can be looked for. */
export function exactProviderVersion(configuration: StackJson): string | undefined {
  const terraform = configuration["terraform"] as
    { required_providers?: { aws?: { version?: string } } } | undefined;
  const version = terraform?.required_providers?.aws?.version;
  return version !== undefined && /^\d+\.\d+\.\d+$/u.test(version) ? version : undefined;
}
