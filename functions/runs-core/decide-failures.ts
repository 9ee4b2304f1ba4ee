import type { ActionRecord, ClaimRecord, PartnerSpec } from "../../modules/contract";
import type { RunState } from "../../modules/ledger";
import { arraySizeOf } from "./array-size";
import { firstOfBatch } from "./by-function";
import { escalationOf } from "./chain";
import { decide } from "./decision";
import { brokenSteps, failureOf, isStale, type StepFailure } from "./failures";
import type { PlatformInvocation } from "./platform";

/** How often a step that its machines let down is submitted anew. */
export const ESCALATIONS_MAX = 2;

/** Why a run ends as failed. */
export interface FinalFailure extends StepFailure {
  /** Whether a person has decided to do the order in a later attempt. */
  readonly takenOver: boolean;
}

/** Decides about every broken step: whether it is submitted anew, which becomes a fact, or ends the run. */
export async function decideFailures(
  inv: PlatformInvocation,
  state: RunState,
  claim: ClaimRecord,
  { chains }: PartnerSpec,
): Promise<{ final?: FinalFailure; actions: ActionRecord[] }> {
  const chain = chains[claim.chain];
  const anew: StepFailure[] = [];
  for (const step of brokenSteps(state, chain)) {
    if (isStale(step)) continue;
    const next = (step.current?.generation ?? 0) + 1;
    if (escalationOf(state.actions, step.step, next) !== undefined) continue;
    const takenOver = isTakenOver(state.actions, step.step, next);
    const spec = chain.find(({ name }) => name === step.step);
    const array = (spec === undefined ? 1 : (arraySizeOf(claim, spec) ?? 1)) > 1;
    const again = escalationOf(state.actions, step.step, next - 1)?.arrayIndexes;
    const failure = await failureOf(inv, step, array, again);
    // The way from the function to Batch is none of Batch's own tries.
    const first = firstOfBatch(claim, step.step);
    const before = state.actions.filter(
      ({ action, details }) =>
        action === "escalate" &&
        details["step"] === step.step &&
        Number(details["generation"]) > first,
    ).length;
    if (takenOver || !failure.cause.infrastructure || before >= ESCALATIONS_MAX)
      return { final: { ...failure, takenOver }, actions: [] };
    anew.push(failure);
  }
  const actions: ActionRecord[] = [];
  for (const failure of anew) {
    const action = await recordEscalation(inv, claim, failure);
    if (action === undefined) return { final: { ...failure, takenOver: true }, actions: [] };
    actions.push(action);
  }
  return { actions };
}

/** Decides to submit a step anew, unless a person has decided to do the order in a later attempt. */
async function recordEscalation(
  inv: PlatformInvocation,
  claim: ClaimRecord,
  { step, cause, indexes }: StepFailure,
): Promise<ActionRecord | undefined> {
  const reason = `${cause.code}: ${cause.text}`;
  const { record, own } = await decide(inv, claim, step, {
    action: "escalate",
    by: inv.actor,
    reason,
    indexes,
  });
  if (own) inv.log.warn("step is submitted anew", { step: step.step, reason });
  return record.action === "escalate" ? record : undefined;
}

const isTakenOver = (actions: readonly ActionRecord[], step: string, generation: number): boolean =>
  actions.some(
    ({ action, details }) =>
      action === "rerun" && details["step"] === step && details["generation"] === generation,
  );
