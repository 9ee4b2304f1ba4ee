import { pauseState } from "../../modules/ledger";
import type { Invocation } from "./ports";
import { readerOf } from "./state";

/**
 * Tells whether a person has paused the partner: then what comes is recorded and nothing of it is submitted, but what is
 * under way goes on. Asked just before an order would start; the reconciler starts what waits once it is resumed.
 */
export async function isPaused(
  { ledger }: Pick<Invocation, "ledger">,
  partner: string,
): Promise<boolean> {
  return (await pauseState(readerOf(ledger), partner))?.word === "paused";
}
