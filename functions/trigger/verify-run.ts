import type { ClaimRecord, StepSpec } from "../../modules/contract";
import type { RunState } from "../../modules/ledger";
import { InputError } from "../runs-core/errors";
import { shown } from "../runs-core/json";

/**
 * Tells what a new attempt does that compares what an earlier one delivered: the steps that deliver look there, the others
 * are skipped, so that nothing is fetched or worked on again.
 */
export function verifyOf(
  { run, status }: Pick<RunState, "run" | "status">,
  claim: ClaimRecord,
  chain: readonly StepSpec[],
): Required<Pick<ClaimRecord, "resumesFrom" | "verifies">> {
  const [first, ...more] = chain.filter(({ delivers }) => delivers === true);
  if (first === undefined)
    throw new InputError(
      `order ${shown(claim.orderId)} can not be verified: no step of its chain delivers anything`,
    );
  if (status !== "delivered")
    throw new InputError(
      `order ${shown(claim.orderId)} can not be verified: attempt ${String(run.attempt)} is ${status}, and delivered nothing that is whole; run it again without verify`,
    );
  const delivering = new Set([first, ...more].map(({ name }) => name));
  // What a verifying attempt compared is what an earlier one delivered.
  const verifies = claim.verifies ?? run.attempt;
  return {
    verifies,
    resumesFrom: {
      attempt: run.attempt,
      step: first.name,
      skips: chain.map(({ name }) => name).filter((name) => !delivering.has(name)),
      stagingAttempt: claim.resumesFrom?.stagingAttempt ?? verifies,
    },
  };
}
