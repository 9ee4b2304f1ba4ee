import type { ActionRecord, ClaimRecord, RunRef } from "../contract";
import { readFact, type Fact, type LedgerObject } from "./facts";
import { foldStep } from "./fold-step";
import { grouped } from "./group";
import { parseKey } from "./keys";
import type { RunState, RunStatus, StepState } from "./run-state";

/**
 * Tells how far a run is, from all that is known of it: in any order, with repetitions, with parts missing. What can not
 * be read is told as a fault and hides nothing else.
 */
export function foldRun(objects: readonly LedgerObject[]): RunState {
  const unique = new Map(objects.map((object) => [object.key, object]));
  const faults: string[] = [];
  const facts: Fact[] = [];
  let run: RunRef | undefined;
  for (const object of [...unique.values()].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    run ??= runOf(object.key);
    const fact = readFact(object);
    if (typeof fact === "string") faults.push(fact);
    else if (fact !== undefined) facts.push(fact);
  }
  if (run === undefined)
    throw new Error("a run is folded from objects of the ledger, got none that belongs to a run");
  const claim = facts.find((fact) => fact.kind === "claim")?.record;
  const actions = facts
    .filter((fact) => fact.kind === "action")
    .map(({ record }) => record)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const retry = facts.find((fact) => fact.kind === "retry")?.record;
  const steps = foldSteps(claim, facts);
  const status = statusOf(claim, steps, actions, retry !== undefined);
  return { run, status, claim, steps, actions, retry, ...ending(status, claim, steps), faults };
}

function runOf(key: string): RunRef | undefined {
  const parsed = parseKey(key);
  if (parsed === undefined) return undefined;
  if ("step" in parsed) {
    const { partner, orderKey, attempt } = parsed.step;
    return { partner, orderKey, attempt };
  }
  return "run" in parsed && parsed.kind !== "day" ? parsed.run : undefined;
}

function foldSteps(claim: ClaimRecord | undefined, facts: readonly Fact[]): StepState[] {
  const own = facts.filter(
    (fact) =>
      fact.kind === "intent" ||
      fact.kind === "submitted" ||
      fact.kind === "status" ||
      fact.kind === "report",
  );
  const byStep = grouped(own, (fact) => fact.record.step);
  // The claim names every step of the chain, in its order; without it, the steps that left something.
  const names = new Set([...Object.keys(claim?.jobDefinitionRevisions ?? {}), ...byStep.keys()]);
  const skipped = new Set(claim?.resumesFrom?.skips ?? []);
  return [...names].map((name) => foldStep(name, byStep.get(name) ?? [], skipped.has(name)));
}

function statusOf(
  claim: ClaimRecord | undefined,
  steps: readonly StepState[],
  actions: readonly ActionRecord[],
  retryPlanned: boolean,
): RunStatus {
  if (claim === undefined) return "unclaimed";
  const has = (...wanted: readonly string[]): boolean =>
    steps.some(({ status }) => wanted.includes(status));
  if (!has("missing", "intended", "waiting", "runnable", "running", "failed")) return "delivered";
  // What a person published out of quarantine is delivered, although its step failed.
  if (actions.some(({ action }) => action === "release")) return "delivered";
  if (actions.some(({ action }) => action === "cancel")) return "cancelled";
  // What comes after a failed step is failed by Batch, too, or was never submitted.
  if (has("failed") && !has("waiting", "runnable", "running"))
    return retryPlanned ? "retrying" : "failed";
  return has("intended", "waiting", "runnable", "running", "succeeded") ? "running" : "waiting";
}

function ending(
  status: RunStatus,
  claim: ClaimRecord | undefined,
  steps: readonly StepState[],
): Pick<RunState, "endedAt" | "elapsedSeconds"> {
  if (status !== "delivered" && status !== "failed" && status !== "retrying") return {};
  const ends = steps.flatMap(({ current }) =>
    current?.job !== undefined && ["succeeded", "failed"].includes(current.status)
      ? [current.job.at]
      : [],
  );
  const endedAt = ends.sort().at(-1);
  if (endedAt === undefined || claim === undefined) return {};
  const elapsed = (Date.parse(endedAt) - Date.parse(claim.claimedAt)) / 1000;
  return { endedAt, elapsedSeconds: Math.max(0, Math.round(elapsed)) };
}
