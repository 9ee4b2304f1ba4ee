import {
  actionKey,
  ORDER_KEY_PATTERN,
  type ActionRecord,
  type ClaimRecord,
  type RerunEvent,
  type RunRef,
  type StepSpec,
  type TriggeredOrder,
} from "../../modules/contract";
import { attemptsOf, type RunState } from "../../modules/ledger";
import { findClaim, runOf } from "../runs-core/claims";
import { decide } from "../runs-core/decision";
import { InputError, PermanentError } from "../runs-core/errors";
import { brokenSteps, isStale } from "../runs-core/failures";
import { isRecord, shown } from "../runs-core/json";
import { resumeFrom } from "../runs-core/resume";
import { readerOf, runState } from "../runs-core/state";
import { newClaim, specOf } from "./claim";
import type { TriggerInvocation } from "./invocation";
import { startRun } from "./run";
import { verifyOf } from "./verify-run";

const SETTINGS = ["kind", "orderKey", "attempt", "from", "verify", "reason", "by"];

/** Reads the event of a re-run; `undefined` for an event of another kind. */
export function readRerun(event: unknown): RerunEvent | undefined {
  if (!isRecord(event) || event["kind"] !== "rerun") return undefined;
  const { orderKey, attempt, from, verify, reason, by } = event;
  const unknown = Object.keys(event).filter((key) => !SETTINGS.includes(key));
  if (unknown.length > 0)
    throw new InputError(
      `a re-run has the settings ${SETTINGS.join(", ")}, got ${unknown.map((key) => shown(key)).join(", ")}`,
    );
  if (typeof orderKey !== "string" || !ORDER_KEY_PATTERN.test(orderKey))
    throw new InputError(
      `orderKey must be the key of an order such as "um-1-0123456789ab", got ${shown(orderKey)}`,
    );
  if (
    attempt !== undefined &&
    (typeof attempt !== "number" || !Number.isInteger(attempt) || attempt < 1)
  )
    throw new InputError(`attempt must be a whole number of at least 1, got ${shown(attempt)}`);
  if (from !== undefined && (typeof from !== "string" || from === ""))
    throw new InputError(`from must be the name of a step, got ${shown(from)}`);
  if (verify !== undefined && typeof verify !== "boolean")
    throw new InputError(`verify must be true or false, got ${shown(verify)}`);
  if (verify === true && from !== undefined)
    throw new InputError(
      `verify compares all that was delivered and begins at no step, got from ${shown(from)}; leave one of them out`,
    );
  for (const [name, value] of Object.entries({ reason, by }))
    if (typeof value !== "string" || value.trim() === "")
      throw new InputError(`${name} must be a text that is not empty, got ${shown(value)}`);
  return { kind: "rerun", orderKey, attempt, from, verify, reason: String(reason), by: String(by) };
}

/**
 * Does an order again, as a new attempt with what is deployed now.
 *
 * The claim of the new attempt is written under a condition: of two re-runs of the same attempt one makes it, the other
 * finds it. Who asked, and why, is written beside it first, so that no attempt is there without its reason.
 */
export async function rerunOrder(
  inv: TriggerInvocation,
  event: RerunEvent,
): Promise<TriggeredOrder> {
  const { partner } = inv.config.spec;
  const { orderKey } = event;
  const attempts = await attemptsOf(readerOf(inv.ledger), partner, orderKey);
  const latest = attempts.at(-1);
  const attempt = event.attempt ?? latest;
  if (latest === undefined || attempt === undefined || !attempts.includes(attempt))
    throw new InputError(
      `order key ${shown(orderKey)} of partner ${shown(partner)} has ${attempts.length === 0 ? "no attempt" : `the attempts ${attempts.join(", ")}`}, asked for is ${attempt === undefined ? "the newest" : String(attempt)}; look it up with partner-ingest orders list --partner ${partner}`,
    );
  const run: RunRef = { partner, orderKey, attempt: attempt + 1 };
  const known = attempts.includes(attempt + 1) ? await findClaim(inv, run) : undefined;
  if (known !== undefined) return startRun(inv, { claim: known, fresh: false });
  const state = await runState(inv.ledger, { partner, orderKey, attempt });
  const { claim } = state ?? {};
  if (state === undefined || claim === undefined)
    throw new PermanentError(
      `attempt ${String(attempt)} of order key ${shown(orderKey)} has no readable claim; look at it by hand`,
    );
  refuseUnderWay(state, claim);
  const takesOver = takenOver(event, state, claim, inv);
  if (state.status === "failed") await takeOver(inv, state, claim, event);
  await recordRerun(inv, run, event, attempt, takesOver.verifies);
  const { orderId, chain, source, trigger } = claim;
  const claimed = await newClaim(inv, { ...run, orderId, chain, source, trigger, ...takesOver });
  inv.log.info("order is run again", { orderId, attempt: run.attempt, by: event.by });
  return startRun(inv, claimed);
}

function refuseUnderWay(state: RunState, claim: ClaimRecord): void {
  if (state.status !== "running" && state.status !== "waiting") return;
  throw new InputError(
    `attempt ${String(claim.attempt)} of order ${shown(claim.orderId)} is ${state.status}; wait for its end, or cancel it first: partner-ingest orders cancel ${claim.partner} ${JSON.stringify(claim.orderId)} --reason "..."`,
  );
}

/**
 * Takes the decision about what failed, so that the platform does not submit it anew in its own attempt while the later
 * one does the same work. Where the platform was first, the attempt is under way again.
 */
async function takeOver(
  inv: TriggerInvocation,
  state: RunState,
  claim: ClaimRecord,
  { by, reason }: RerunEvent,
): Promise<void> {
  const chain = await chainOf(inv, claim);
  const broken = brokenSteps(state, chain);
  const own = broken.filter((step) => !isStale(step));
  // What failed only with an earlier generation of what it waits for is submitted anew without a decision.
  if (own.length === 0 && broken.length > 0) throw anew(claim, broken[0]?.step);
  // In the order of the chain, as the platform decides: who has the first has all.
  for (const step of own) {
    const { record } = await decide(inv, claim, step, { action: "rerun", by, reason });
    if (record.action === "escalate") throw anew(claim, step.step);
  }
}

const anew = (claim: ClaimRecord, step = ""): InputError =>
  new InputError(
    `step ${shown(step)} of attempt ${String(claim.attempt)} of order ${shown(claim.orderId)} is being submitted anew, on on-demand machines; wait for its end, or cancel it first: partner-ingest orders cancel ${claim.partner} ${JSON.stringify(claim.orderId)} --reason "..."`,
  );

/** The steps of a run as it was claimed; none where its spec can not be read, for then nobody can submit them anew. */
async function chainOf(inv: TriggerInvocation, claim: ClaimRecord): Promise<readonly StepSpec[]> {
  try {
    return (await specOf(inv, claim)).chains[claim.chain];
  } catch (error) {
    if (error instanceof PermanentError) return [];
    throw error;
  }
}

/** What the new attempt takes over: nothing, what was done before a step, or what was delivered, to compare it. */
function takenOver(
  { from, verify }: RerunEvent,
  state: RunState,
  claim: ClaimRecord,
  inv: TriggerInvocation,
): Pick<ClaimRecord, "resumesFrom" | "verifies"> {
  if (verify === true) return verifyOf(state, claim, inv.config.spec.chains[claim.chain]);
  return from === undefined ? {} : { resumesFrom: resumeOf(from, state, claim, inv) };
}

function resumeOf(
  from: string,
  state: RunState,
  claim: ClaimRecord,
  inv: TriggerInvocation,
): ClaimRecord["resumesFrom"] {
  const chain: readonly StepSpec[] = inv.config.spec.chains[claim.chain];
  if (!chain.some(({ name }) => name === from))
    throw new InputError(
      `from must be a step of the chain, got ${shown(from)}; there is ${chain.map(({ name }) => shown(name)).join(", ")}`,
    );
  const resume = resumeFrom(from, state, claim, chain);
  const missing = resume.skips.filter(
    (name) =>
      !state.steps.some(
        ({ step, status }) => step === name && (status === "succeeded" || status === "skipped"),
      ),
  );
  if (missing.length > 0)
    throw new InputError(
      `order ${shown(claim.orderId)} can not go on from ${shown(from)}: ${missing.map((name) => shown(name)).join(", ")} did not succeed in attempt ${String(claim.attempt)}; run it again from there, or leave from out`,
    );
  return resume;
}

async function recordRerun(
  inv: TriggerInvocation,
  run: RunRef,
  { by, reason, from }: RerunEvent,
  earlier: number,
  verifies: number | undefined,
): Promise<void> {
  const at = new Date(inv.clock.now()).toISOString();
  const action: ActionRecord = {
    schemaVersion: 1,
    ...runOf(run),
    action: "rerun",
    by,
    reason,
    details: {
      earlier,
      ...(from === undefined ? {} : { from }),
      ...(verifies === undefined ? {} : { verifies }),
    },
    at,
  };
  await inv.ledger.create(actionKey(run, at, inv.nonce), JSON.stringify(action));
}
