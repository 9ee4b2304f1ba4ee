import { actionKey, type ActionRecord, type ClaimRecord } from "../../modules/contract";
import type { StepState } from "../../modules/ledger";
import { runOf } from "./claims";
import { isRecord } from "./json";
import type { Invocation } from "./ports";

/** What is decided about a step that failed, but for what follows from the step itself. */
export interface Decision {
  /** `escalate`: it is submitted anew in its own attempt; `rerun`: a person does the order in a later attempt. */
  readonly action: "escalate" | "rerun";
  readonly by: string;
  readonly reason: string;
  /** Of an array job: the children that are done again. */
  readonly indexes?: readonly number[] | undefined;
}

/**
 * Decides what becomes of a step that failed. The key follows from what failed alone: there is one decision for each
 * generation, and who comes second learns of the first one's. So a person's re-run and the platform's own escalation
 * never both do the work.
 *
 * @returns the decision that stands, and whether it was made here
 */
export async function decide(
  inv: Invocation,
  claim: ClaimRecord,
  { step, current }: StepState,
  { indexes, ...decision }: Decision,
): Promise<{ readonly record: ActionRecord; readonly own: boolean }> {
  const generation = (current?.generation ?? 0) + 1;
  const at = new Date(current?.job?.at ?? inv.clock.now()).toISOString();
  const record: ActionRecord = {
    schemaVersion: 1,
    ...runOf(claim),
    ...decision,
    details: {
      step,
      generation,
      ...(indexes === undefined ? {} : { arrayIndexes: indexes.join(",") }),
    },
    at,
  };
  const key = actionKey(claim, at, `escalate-${step}-${String(generation)}`);
  if ((await inv.ledger.create(key, JSON.stringify(record))) === "written")
    return { record, own: true };
  const stored: unknown = JSON.parse((await inv.ledger.read(key)).body);
  return { record: isRecord(stored) ? (stored as unknown as ActionRecord) : record, own: false };
}
