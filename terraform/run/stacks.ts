import type { SynthesizedStack } from "../../modules/app";

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

const STAGES = ["bootstrap", "platform", "partner"] as const;

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
  const results: StackResult<T>[] = [];
  for (const stage of reverse ? STAGES.toReversed() : STAGES) {
    const members = stacks.filter(({ kind }) => kind === stage);
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
