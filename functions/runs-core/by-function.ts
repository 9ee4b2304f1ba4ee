import {
  FUNCTION_JOB_ID,
  FUNCTION_OVER_MS,
  jobName,
  submittedKey,
  type ClaimRecord,
  type PartnerSpec,
  type StepRef,
  type StepSpec,
  type SubmittedRecord,
} from "../../modules/contract";
import type { GenerationState } from "../../modules/ledger";
import { runOf } from "./claims";
import { PermanentError } from "./errors";
import { stepEnvironment } from "./job-request";
import { recordStatus } from "./job-status";
import { shown } from "./json";
import type { Invocation } from "./ports";
import { readSubmitted } from "./records";

/*
 * Who does the first generation of a step, where the claim gives it to the function
 * ----------------------------------------------------------------------------------
 * Unlike a job of Batch, the id that the record of what was submitted holds is known beforehand. So the record comes
 * first, under a condition, and only who wrote it asks the function: there is no intent, no lease and nothing to look for.
 * Who dies in between leaves a record that nobody follows up; the reconciler takes it for a function that told no end.
 *
 * Batch has every later generation. That the two never both deliver does not depend on times: the worker's lock lets the
 * later generation take over, and what is delivered is written under conditions.
 */

/** Tells whether the function does the first generation of a step. */
export const isByFunction = ({ functions }: ClaimRecord, step: string): boolean =>
  functions?.includes(step) === true;

/** The first generation of a step that Batch does. */
export const firstOfBatch = (claim: ClaimRecord, step: string): number =>
  isByFunction(claim, step) ? 2 : 1;

/** Tells whether a generation of a step is the function's. */
export const isFunctions = ({
  submitted,
  job,
}: Pick<GenerationState, "submitted" | "job">): boolean =>
  (submitted?.jobId ?? job?.jobId) === FUNCTION_JOB_ID;

/** Tells whether a function that has told no end has none to tell any more. */
export const isFunctionOver = (
  { submitted }: Pick<GenerationState, "submitted">,
  now: number,
): boolean =>
  submitted === undefined || now >= Date.parse(submitted.submittedAt) + FUNCTION_OVER_MS;

/** Steps of the claim's chain that the function does first; one that comes from a large object, or from none, has none. */
export function functionsFor(
  { chains }: PartnerSpec,
  { chain, size }: { readonly chain: ClaimRecord["chain"]; readonly size?: number | undefined },
): Pick<ClaimRecord, "functions"> {
  if (size === undefined) return {};
  const names = chains[chain].flatMap(({ name, function: own }) =>
    own !== undefined && size <= own.upToBytes ? [name] : [],
  );
  return names.length === 0 ? {} : { functions: names };
}

/**
 * Asks the function to do a step that nobody has begun, once, whoever and how many come here. Who has no way to a
 * partner's functions, and who is refused, tells in the ledger that the function does not do it, and Batch does.
 *
 * @returns whether the step was begun here
 */
export async function askFunction(
  inv: Invocation,
  ref: StepRef,
  step: StepSpec,
  claim: ClaimRecord,
  spec: Pick<PartnerSpec, "environment">,
): Promise<boolean> {
  if (step.function === undefined)
    throw new PermanentError(
      `the claim of order ${shown(claim.orderId)} gives step ${shown(step.name)} to a function, and the spec that it follows has none; look at it by hand`,
    );
  const { arn } = step.function;
  if (!(await recordAsked(inv, ref, arn))) return false;
  const outcome =
    inv.functions === undefined
      ? ({
          kind: "refused",
          reason: "its order was held, or its trigger ended, before the function was asked",
        } as const)
      : await inv.functions.ask(arn, {
          schemaVersion: 1,
          ...runOf(ref),
          environment: stepEnvironment(ref, step, claim, spec),
        });
  inv.log.info("function asked", { function: arn, ...outcome });
  if (outcome.kind === "refused")
    await tellNotDone(
      inv,
      ref,
      outcome.reason,
      inv.functions === undefined ? "reconcile" : "trigger",
    );
  return outcome.kind !== "refused";
}

/** Tells that the function does not do a step, and why: its next generation is Batch's. */
export const tellNotDone = (
  inv: Pick<Invocation, "ledger" | "clock">,
  ref: StepRef,
  reason: string,
  by: "reconcile" | "trigger",
): Promise<void> =>
  recordStatus(
    inv,
    ref,
    { jobId: FUNCTION_JOB_ID, status: "FAILED", statusReason: reason, attempts: [] },
    by,
    new Date(inv.clock.now()).toISOString(),
  );

/** Tells apart who asks when one invocation comes to the same step twice; see `intent.ts`. */
let asked = 0;

/** Writes that the function is asked; true for the one who wrote it, a lost answer included. */
async function recordAsked(inv: Invocation, ref: StepRef, arn: string): Promise<boolean> {
  const key = submittedKey(ref);
  const nonce = `${inv.nonce}.${String(++asked)}`;
  const body: SubmittedRecord = {
    schemaVersion: 1,
    ...ref,
    jobName: jobName(ref),
    jobId: FUNCTION_JOB_ID,
    jobArn: arn,
    jobQueue: arn,
    jobDefinition: arn,
    nonce,
    adopted: false,
    submittedAt: new Date(inv.clock.now()).toISOString(),
  };
  if ((await inv.ledger.create(key, JSON.stringify(body))) === "written") return true;
  return readSubmitted(key, (await inv.ledger.read(key)).body).nonce === nonce;
}
