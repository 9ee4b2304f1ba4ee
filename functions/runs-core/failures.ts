import { causeOf, type Cause } from "../../modules/batch-reasons";
import {
  FUNCTION_ENDS_BY,
  stepPrefix,
  type JobStatusRecord,
  type StepReport,
  type StepSpec,
} from "../../modules/contract";
import { allKeys, parseKey, readFact, type RunState, type StepState } from "../../modules/ledger";
import { isFunctions } from "./by-function";
import { failedByDependency, GENERATIONS_MAX } from "./chain";
import type { PlatformInvocation } from "./platform";
import { DESCRIBE_MAX, type JobDetail } from "./ports";
import { readerOf } from "./state";

/** A step that failed by itself, and why. */
export interface StepFailure {
  readonly step: StepState;
  readonly cause: Cause;
  /** For an array job: the indices of the step that have to be done again. */
  readonly indexes?: readonly number[] | undefined;
}

/** Failed steps whose predecessors did not fail: where a run broke. */
export function brokenSteps(state: RunState, chain: readonly StepSpec[]): StepState[] {
  const failed = new Map(
    state.steps.filter(({ status }) => status === "failed").map((step) => [step.step, step]),
  );
  return chain.flatMap(({ name, after }) => {
    const step = failed.get(name);
    return step === undefined || after.some((earlier) => failed.has(earlier)) ? [] : [step];
  });
}

/** Tells whether a step failed only with an earlier generation of what it waits for: it is submitted anew. */
export const isStale = ({ current }: StepState): boolean =>
  current !== undefined && failedByDependency(current) && current.generation < GENERATIONS_MAX;

/**
 * Finds out why a step failed; for an array job, why its children did.
 *
 * @param indexes - of an array step whose children are done again: which ones, in the order of the job's own children
 */
export async function failureOf(
  inv: PlatformInvocation,
  step: StepState,
  array: boolean,
  indexes?: readonly number[],
): Promise<StepFailure> {
  const { current } = step;
  const { job } = current ?? {};
  if (current === undefined || job === undefined)
    throw new Error(`step ${step.step} failed without a job`);
  if (isFunctions(current)) return { step, cause: causeOfFunction(job) };
  // A single child of an array that is done again is a plain job.
  if (!array || indexes?.length === 1) {
    const reports = await reportsOf(inv, step, job.jobId);
    return { step, cause: causeOf(job, reports), ...(array ? { indexes } : {}) };
  }
  const failed = await inv.control.failedChildren(job.jobId);
  if (failed.length === 0) return { step, cause: causeOf(job) };
  const causes = await childCauses(inv, step, job.jobId, failed);
  // One child that can not succeed elsewhere decides: then nothing is gained by the others.
  const cause = causes.find(({ infrastructure }) => !infrastructure) ?? causes[0] ?? causeOf(job);
  return { step, cause, indexes: failed.map((index) => indexes?.[index] ?? index) };
}

/** Whatever else keeps a function from doing its step may not keep a job: that has other limits, and a role of its own. */
function causeOfFunction(job: JobStatusRecord): Cause {
  if (FUNCTION_ENDS_BY.has(job.attempts.at(-1)?.exitCode)) return causeOf(job);
  return {
    code: "function-gave-up",
    class: "platform",
    text: `the function did not do the step: ${job.statusReason ?? "it told no reason"}`,
    cure: "nothing: Batch does the step",
    infrastructure: true,
  };
}

async function childCauses(
  inv: PlatformInvocation,
  step: StepState,
  arrayJobId: string,
  failed: readonly number[],
): Promise<Cause[]> {
  const causes: Cause[] = [];
  for (let at = 0; at < failed.length; at += DESCRIBE_MAX) {
    const ids = failed
      .slice(at, at + DESCRIBE_MAX)
      .map((index) => `${arrayJobId}:${String(index)}`);
    for (const child of await inv.control.describe(ids)) {
      const asks = child.attempts.at(-1)?.exitCode !== undefined;
      causes.push(causeOf(child, asks ? await reportsOf(inv, step, child.jobId) : []));
    }
    if (causes.some(({ infrastructure }) => !infrastructure)) break;
  }
  return causes;
}

/** Reads what the worker told of a job, the report of the last attempt last. */
async function reportsOf(
  inv: PlatformInvocation,
  { current }: StepState,
  jobId: string,
): Promise<StepReport[]> {
  const ref = current?.submitted ?? current?.job;
  if (ref === undefined) return [];
  const reader = readerOf(inv.ledger);
  const found: { batchAttempt: number; report: StepReport }[] = [];
  for (const key of await allKeys(reader, `${stepPrefix(ref)}${jobId}.`)) {
    const parsed = parseKey(key);
    if (parsed?.kind !== "report") continue;
    const body = await reader.get(key);
    const fact = body === undefined ? undefined : readFact({ key, body });
    if (typeof fact === "object" && fact.kind === "report")
      found.push({ batchAttempt: parsed.batchAttempt, report: fact.record });
  }
  return found.sort((a, b) => a.batchAttempt - b.batchAttempt).map(({ report }) => report);
}

/** The job's last words, as a record of the ledger holds them. */
export const isTerminal = ({ status }: Pick<JobDetail, "status">): boolean =>
  status === "SUCCEEDED" || status === "FAILED";
