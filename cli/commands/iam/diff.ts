import path from "node:path";
import { diffIam, diffMarkdown, readDiffInput } from "../../../modules/iam/diff";
import { type CommandContext, type CommandResult } from "../../command";

/** Tells what a change lets anybody do that was not possible before, and what not any more. */
export function diffCommand(
  { cwd }: CommandContext,
  [before, after]: readonly [before: string, after: string],
): Promise<CommandResult> {
  const diff = diffIam(
    readDiffInput(path.resolve(cwd, before)),
    readDiffInput(path.resolve(cwd, after)),
  );
  return Promise.resolve({
    data: diff,
    text: diffMarkdown(diff),
    exit: diff.widens ? "widened" : "ok",
  });
}
