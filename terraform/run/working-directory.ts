import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { ConfigError } from "../../modules/core";

/** The synthesized configuration of a stack as JSON. */
export type StackJson = Readonly<Record<string, unknown>>;

const CONFIGURATION = "cdk.tf.json";
const LOCK = ".terraform.lock.hcl";

/** What Terraform itself keeps in a working directory: providers, their lock, state, saved plans. */
const TERRAFORMS_OWN = /^\.terraform|\.tfstate|\.tfplan$/u;

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

  /** Puts a configuration, and the other files that were synthesized beside it, in place of the ones before. */
  fill(configuration: StackJson, synthesized: string): void {
    mkdirSync(this.path, { recursive: true });
    for (const name of readdirSync(this.path))
      if (!TERRAFORMS_OWN.test(name)) rmSync(this.file(name), { recursive: true });
    for (const name of readdirSync(synthesized))
      // Whoever ran Terraform in the synthesized directory left files there that are not ours to take along.
      if (!TERRAFORMS_OWN.test(name))
        cpSync(path.join(synthesized, name), this.file(name), {
          recursive: true,
          dereference: true,
        });
    this.unlock(exactProviderVersion(configuration));
    writeFileSync(this.file(CONFIGURATION), `${JSON.stringify(configuration, undefined, 2)}\n`);
  }

  /** Forgets the chosen providers where the configuration asks for another version than Terraform once locked. */
  private unlock(providerVersion: string | undefined): void {
    const file = this.file(LOCK);
    if (!existsSync(file)) return;
    const locked = /version\s*=\s*"([^"]+)"/u.exec(readFileSync(file, "utf8"))?.[1];
    if (locked !== providerVersion) rmSync(file);
  }
}

/** The AWS provider's version where it is pinned exactly: only then a mirror can be looked for. */
export function exactProviderVersion(configuration: StackJson): string | undefined {
  const terraform = configuration["terraform"] as
    { required_providers?: { aws?: { version?: string } } } | undefined;
  const version = terraform?.required_providers?.aws?.version;
  return version !== undefined && /^\d+\.\d+\.\d+$/u.test(version) ? version : undefined;
}
