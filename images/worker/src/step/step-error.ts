import type { ExitCodeName } from "../../../../modules/contract";

/**
 * Says why a step ends without success, and with which exit code.
 * The message is for people: what is wrong, what was found, what to do.
 */
export class StepError extends Error {
  override readonly name = "StepError";
  /** Each fault by itself, all of them, where the message lists several or the first ones only. */
  readonly faults: readonly string[];

  constructor(
    readonly outcome: ExitCodeName,
    message: string,
    options?: { readonly cause?: unknown; readonly faults?: readonly string[] },
  ) {
    super(message, options);
    this.faults = options?.faults ?? [message];
  }
}

/** Text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Lists at most `limit` entries, and how many were left out. */
export function listSome(entries: readonly string[], limit = 10): string {
  const shown = entries.slice(0, limit).join("; ");
  const rest = entries.length - limit;
  return rest > 0 ? `${shown}; and ${String(rest)} more` : shown;
}
