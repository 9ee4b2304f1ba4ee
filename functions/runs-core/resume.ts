import type { ClaimRecord, ResumesFrom, StepSpec } from "../../modules/contract";
import type { RunState } from "../../modules/ledger";

/**
 * Tells what a later attempt takes over when it goes on from a step: every step that does not come after it is skipped,
 * and the files are looked for where those steps left them.
 */
export function resumeFrom(
  from: string,
  state: Pick<RunState, "run">,
  claim: ClaimRecord,
  chain: readonly StepSpec[],
): ResumesFrom {
  const again = new Set([from]);
  for (const { name, after } of chain)
    if (after.some((earlier) => again.has(earlier))) again.add(name);
  return {
    attempt: state.run.attempt,
    step: from,
    skips: chain.map(({ name }) => name).filter((name) => !again.has(name)),
    stagingAttempt: claim.resumesFrom?.stagingAttempt ?? state.run.attempt,
  };
}
