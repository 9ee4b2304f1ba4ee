import {
  FUNCTION_JOB_ID,
  type ActionRecord,
  type ClaimRecord,
  type PartnerSpec,
  type StepRef,
  type StepSpec,
} from "../../modules/contract";
import type { GenerationState, RunState, StepState } from "../../modules/ledger";
import { askFunction, firstOfBatch, isByFunction, isFunctions } from "./by-function";
import { indexClaim, runOf } from "./claims";
import { jobRequest } from "./job-request";
import type { Invocation } from "./ports";
import { submitStep } from "./submit";

/** More generations of a step than this mean that something submits in circles. */
export const GENERATIONS_MAX = 8;

/** What became of a chain. */
export interface ChainOutcome {
  /** Job id by step. */
  readonly jobs: Readonly<Record<string, string>>;
  /** Steps that this invocation submitted, with their generations. */
  readonly submitted: readonly StepRef[];
}

/** The decision to submit a step anew, as it is in the ledger. */
export interface Escalation {
  readonly generation: number;
  readonly arrayIndexes?: readonly number[] | undefined;
}

/** Finds what was decided for the generation of a step. */
export function escalationOf(
  actions: readonly ActionRecord[],
  step: string,
  generation: number,
): Escalation | undefined {
  const found = actions.find(
    ({ action, details }) =>
      action === "escalate" && details["step"] === step && details["generation"] === generation,
  );
  if (found === undefined) return undefined;
  const indexes = found.details["arrayIndexes"];
  return {
    generation,
    arrayIndexes: typeof indexes === "string" ? indexes.split(",").map(Number) : undefined,
  };
}

/**
 * Tells whether a job failed only because one that it waited for did: it never started, and Batch gives no reason of its
 * own.
 */
export const failedByDependency = ({ submitted, job }: GenerationState): boolean =>
  job?.status === "FAILED" &&
  !isFunctions({ submitted, job }) &&
  job.attempts.length === 0 &&
  ((job.statusReason ?? "") === "" || /depend/iu.test(job.statusReason ?? ""));

/**
 * Submits what is missing of a run's chain. What is missing follows from the facts alone, so that any number of
 * invocations of any function may do it, one after the other or together:
 *
 * - a step that has no job, or whose submitter died
 * - a step whose job failed, when the ledger holds the decision to submit it anew
 * - a step whose job failed with one that it waited for, when that one was submitted anew. Batch tells the ends of the two
 *   in any order: until the end of the first one is known, the second one waits, for it would fail again
 *
 * A step behind one that failed for good is left alone. What the claim gives to a function, the function is asked for
 * first; it is Batch's from its second generation on.
 *
 * @param state - of the run; missing when this invocation has just claimed it
 */
export async function completeChain(
  inv: Invocation,
  claim: ClaimRecord,
  spec: PartnerSpec,
  state?: RunState,
): Promise<ChainOutcome> {
  const jobs: Record<string, string> = {};
  const submitted: StepRef[] = [];
  const done = new Set(claim.resumesFrom?.skips ?? []);
  const dead = new Set<string>();
  const moved = new Set<string>();
  let indexed = state === undefined;
  for (const step of spec.chains[claim.chain]) {
    if (done.has(step.name)) continue;
    const known = state?.steps.find((candidate) => candidate.step === step.name);
    const jobId = known?.current?.submitted?.jobId ?? known?.current?.job?.jobId;
    if (jobId !== undefined) jobs[step.name] = jobId;
    if (known?.status === "succeeded") {
      done.add(step.name);
      continue;
    }
    if (isByFunction(claim, step.name) && known?.current === undefined) {
      const ref: StepRef = { ...runOf(claim), step: step.name, generation: 1 };
      if (!indexed) await indexClaim(inv, claim);
      indexed = true;
      const scoped = { ...inv, log: inv.log.with({ step: step.name }) };
      if (await askFunction(scoped, ref, step, claim, spec)) submitted.push(ref);
      jobs[step.name] = FUNCTION_JOB_ID;
      continue;
    }
    const next = step.after.some((earlier) => dead.has(earlier))
      ? "dead"
      : nextOf(known, state?.actions ?? [], isFree(step, known?.current, { jobs, done, moved }));
    if (next === "under-way") continue;
    if (next === "dead") {
      dead.add(step.name);
      continue;
    }
    const { generation, arrayIndexes } = next;
    const ref: StepRef = { ...runOf(claim), step: step.name, generation };
    const onDemand =
      generation > firstOfBatch(claim, step.name) ||
      step.after.some((earlier) => moved.has(earlier));
    if (onDemand) moved.add(step.name);
    if (!indexed) await indexClaim(inv, claim);
    indexed = true;
    const scoped = { ...inv, log: inv.log.with({ step: step.name }) };
    const request = jobRequest(ref, step, claim, spec, jobs, { done, onDemand, arrayIndexes });
    const job = await submitStep(scoped, ref, step, request);
    jobs[step.name] = job.jobId;
    if (job.submitted) submitted.push(ref);
  }
  return { jobs, submitted };
}

/** What is known of the steps before one. */
interface Before {
  /** Job id by step. */
  readonly jobs: Readonly<Record<string, string>>;
  readonly done: ReadonlySet<string>;
  /** Submitted anew just now. */
  readonly moved: ReadonlySet<string>;
}

/**
 * Tells whether a job that failed with one that it waited for has something else to wait for by now, or nothing. What an
 * adopted job waited for is not known: then only what was submitted anew just now is surely something else, and the end of
 * what is under way tells the rest.
 */
function isFree(
  { after }: StepSpec,
  current: GenerationState | undefined,
  { jobs, done, moved }: Before,
): boolean {
  const dependsOn = current?.submitted?.dependsOn;
  const left = after.filter((earlier) => !done.has(earlier));
  return (
    left.length === 0 ||
    left.some((earlier) =>
      dependsOn === undefined ? moved.has(earlier) : !dependsOn.includes(jobs[earlier] ?? ""),
    )
  );
}

function nextOf(
  known: StepState | undefined,
  actions: readonly ActionRecord[],
  free: boolean,
): Escalation | "under-way" | "dead" {
  const current = known?.current;
  if (known === undefined || current === undefined) return { generation: 1 };
  const { generation, status } = current;
  // A job that only an event told of is adopted like one that nobody told of: what a step's job is, its record says.
  if (status !== "failed" && current.submitted === undefined)
    return escalationOf(actions, known.step, generation) ?? { generation };
  if (status !== "failed") return "under-way";
  const escalation = escalationOf(actions, known.step, generation + 1);
  if (escalation !== undefined) return escalation;
  if (!failedByDependency(current) || generation >= GENERATIONS_MAX) return "dead";
  return free ? { generation: generation + 1 } : "under-way";
}
