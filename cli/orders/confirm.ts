import { createInterface } from "node:readline/promises";
import { ConfigError } from "../../modules/core/errors";

/** Asks before something that can not be taken back; where nobody can be asked, `--yes` is the answer. */
export async function confirm(what: string, yes: boolean | undefined): Promise<void> {
  if (yes === true) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new ConfigError(`to ${what}, --yes must be given where nobody can be asked`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${what}? [y/N] `);
    if (!/^y(?:es)?$/iu.test(answer.trim()))
      throw new ConfigError("not confirmed; nothing is done");
  } finally {
    terminal.close();
  }
}

/** Refuses an action without a reason: the ledger keeps it for whoever asks later. */
export function requireReason(reason: string | undefined): string {
  const text = reason?.trim() ?? "";
  if (text === "" || text.length > 1024)
    throw new ConfigError(
      `--reason must say why in 1 to 1024 characters, got ${reason === undefined ? "none" : JSON.stringify(reason)}; it is kept in the ledger`,
    );
  return text;
}
