import type { PlatformPorts } from "../../../functions/runs-core/platform-ports";
import { readerOf, runState } from "../../../functions/runs-core/state";
import { actionKey, dayKey, type ActionRecord } from "../../../modules/contract";
import { attemptsOf, dayOf } from "../../../modules/ledger";

/** Cancels an order's newest attempt as `orders cancel` does, call by call, so that it can end at each. */
export async function cancel(
  { ledger, control, clock, nonce }: PlatformPorts,
  partner: string,
  orderKey: string,
): Promise<void> {
  const attempt = (await attemptsOf(readerOf(ledger), partner, orderKey)).at(-1);
  if (attempt === undefined) return;
  const run = { partner, orderKey, attempt };
  const state = await runState(ledger, run);
  if (state?.claim === undefined || state.status === "delivered" || state.status === "cancelled")
    return;
  const at = new Date(clock.now()).toISOString();
  const action: ActionRecord = {
    schemaVersion: 1,
    ...run,
    action: "cancel",
    by: "somebody",
    reason: "not wanted",
    details: {},
    at,
  };
  await ledger.create(actionKey(run, at, nonce()), JSON.stringify(action));
  for (const { generations } of state.steps)
    for (const { status, submitted } of generations)
      if (submitted !== undefined && status !== "succeeded" && status !== "failed")
        await control.terminate(submitted.jobId, "cancelled: not wanted");
  await ledger.create(dayKey(dayOf(state.claim.claimedAt), run, "cancelled"), JSON.stringify(run));
}
