import { dayKey, EXIT_CODES, type ClaimRecord, type StepReport } from "../../modules/contract";
import { foldRun, readRun, type GenerationState } from "../../modules/ledger";
import { arraySizeOf } from "../runs-core/array-size";
import { escalationOf } from "../runs-core/chain";
import { claimedDay, pinnedSpec } from "../runs-core/claims";
import { isRecord } from "../runs-core/json";
import type { PlatformInvocation } from "../runs-core/platform";
import type { JobDetail } from "../runs-core/ports";
import { readerOf, runState } from "../runs-core/state";

/**
 * Finds out how a job ended that Batch no longer knows: well, where the order was delivered since or its workers said so
 * last; else as they said; else nobody knows.
 */
export async function forgottenJob(
  inv: PlatformInvocation,
  claim: ClaimRecord,
  step: string,
  current: GenerationState,
  jobId: string,
): Promise<JobDetail> {
  const statusReason = "Batch no longer knows the job";
  const ended = (outcome: StepReport["outcome"]): JobDetail => ({
    jobId,
    status: outcome === "ok" ? "SUCCEEDED" : "FAILED",
    statusReason,
    attempts: [{ exitCode: EXIT_CODES[outcome].code }],
  });
  if (await wasDelivered(inv, claim)) return ended("ok");
  const last = lastWords(await reportsOf(inv, claim, step, current), jobId);
  const failed = last.find(({ outcome }) => outcome !== "ok");
  if (failed !== undefined) return ended(failed.outcome);
  return last.length > 0 && last.length === (await sizeOf(inv, claim, step, current))
    ? ended("ok")
    : { jobId, status: "FAILED", statusReason, attempts: [] };
}

/** Tells whether a worker wrote that the run's delivery is whole: then every step before it did its work. */
async function wasDelivered({ ledger }: PlatformInvocation, claim: ClaimRecord): Promise<boolean> {
  const stored = await ledger.find(dayKey(claimedDay(claim), claim, "delivered"));
  const fact: unknown = stored === undefined ? undefined : JSON.parse(stored.body);
  return isRecord(fact) && typeof fact["publishedAt"] === "string";
}

async function reportsOf(
  inv: PlatformInvocation,
  claim: ClaimRecord,
  step: string,
  current: GenerationState,
): Promise<readonly StepReport[]> {
  const objects = await readRun(
    readerOf(inv.ledger),
    claim,
    (parsed) =>
      parsed.kind === "report" &&
      parsed.step.step === step &&
      parsed.step.generation === current.generation,
  );
  return objects.length === 0 ? [] : (foldRun(objects).steps[0]?.current?.reports ?? []);
}

/** The last report of the job, or of each of its children. */
function lastWords(reports: readonly StepReport[], jobId: string): StepReport[] {
  const last = new Map<string, StepReport>();
  for (const report of reports)
    if (report.jobId === jobId || report.jobId.startsWith(`${jobId}:`))
      last.set(report.jobId, report);
  return [...last.values()];
}

/** How many reports a whole step has. */
async function sizeOf(
  inv: PlatformInvocation,
  claim: ClaimRecord,
  step: string,
  { generation }: GenerationState,
): Promise<number> {
  const state = await runState(inv.ledger, claim);
  const again = escalationOf(state?.actions ?? [], step, generation)?.arrayIndexes;
  const spec = await pinnedSpec(inv, claim);
  const found = spec.chains[claim.chain].find(({ name }) => name === step);
  return again?.length ?? (found === undefined ? 1 : (arraySizeOf(claim, found) ?? 1));
}
