import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../../modules/core";

/** A stack in what was synthesized. */
export interface SynthesizedStack {
  /** `<environment>--<owner>`. */
  readonly name: string;
  /** Environment id. */
  readonly environment: string;
  /** `bootstrap`, `platform` or a partner id. */
  readonly owner: string;
  /** Absolute path of its directory. */
  readonly directory: string;
}

/**
 * Lists the stacks of a synthesized application, in the order in which they are applied. Reads the manifest and not the
 * directory, in which stacks of earlier runs may still lie.
 */
export function listStacks(out: string): readonly SynthesizedStack[] {
  const file = path.join(out, "manifest.json");
  if (!existsSync(file))
    throw new ConfigError(`${file} does not exist; synthesize the stacks first`);
  const manifest = JSON.parse(readFileSync(file, "utf8")) as {
    stacks: Record<string, { name: string; workingDirectory: string }>;
  };
  const stacks = Object.values(manifest.stacks).map(({ name, workingDirectory }) => {
    const [environment = "", ...owner] = name.split("--");
    return {
      name,
      environment,
      owner: owner.join("--"),
      directory: path.resolve(out, workingDirectory),
    };
  });
  return stacks.sort((a, b) => stage(a) - stage(b) || (a.name < b.name ? -1 : 1));
}

/** How the work on a stack ended. */
export type StackResult<T> = { readonly stack: SynthesizedStack } & (
  | { readonly outcome: "done"; readonly value: T }
  | { readonly outcome: "failed"; readonly error: unknown }
  | { readonly outcome: "skipped"; readonly because: string }
);

/** Settings of {@link forEachStack}. */
export interface ForEachStackOptions {
  /** Stacks of one stage at the same time. @default 2 */
  readonly parallel?: number;
  /** Partners first, bootstrap last: for destroying. @default false */
  readonly reverse?: boolean;
}

/**
 * Works on stacks stage by stage: bootstrap, platform, then the partners side by side. A failure lets the stage end and
 * skips the later ones, which would build on what is not there.
 */
export async function forEachStack<T>(
  stacks: readonly SynthesizedStack[],
  work: (stack: SynthesizedStack) => Promise<T>,
  options: ForEachStackOptions = {},
): Promise<readonly StackResult<T>[]> {
  const { parallel = 2, reverse = false } = options;
  const stages = [0, 1, 2].map((number) => stacks.filter((stack) => stage(stack) === number));
  const results: StackResult<T>[] = [];
  for (const members of reverse ? stages.reverse() : stages) {
    const failed = results.find(({ outcome }) => outcome === "failed");
    const because = `${failed?.stack.name ?? ""} failed`;
    results.push(
      ...(failed
        ? members.map((stack) => ({ stack, outcome: "skipped" as const, because }))
        : await sideBySide(members, parallel, work)),
    );
  }
  return results;
}

async function sideBySide<T>(
  stacks: readonly SynthesizedStack[],
  parallel: number,
  work: (stack: SynthesizedStack) => Promise<T>,
): Promise<readonly StackResult<T>[]> {
  const results: StackResult<T>[] = [];
  const queue = stacks.entries();
  const worker = async (): Promise<void> => {
    for (const [index, stack] of queue)
      results[index] = await work(stack).then(
        (value) => ({ stack, outcome: "done", value }),
        (error: unknown) => ({ stack, outcome: "failed", error }),
      );
  };
  await Promise.all(Array.from({ length: Math.max(1, parallel) }, worker));
  return results;
}

function stage({ owner }: Pick<SynthesizedStack, "owner">): number {
  return { bootstrap: 0, platform: 1 }[owner] ?? 2;
}
