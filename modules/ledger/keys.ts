import type { DayFact, RunRef, StepRef } from "../contract";

/** What a key of the ledger names. */
export type ParsedKey =
  | { readonly kind: "claim" | "retry" | "action"; readonly run: RunRef }
  | { readonly kind: "lock"; readonly run: RunRef; readonly lock: string }
  | { readonly kind: "intent" | "submitted"; readonly step: StepRef }
  | {
      readonly kind: "status";
      readonly step: StepRef;
      readonly jobId: string;
      readonly status: string;
    }
  | {
      readonly kind: "report";
      readonly step: StepRef;
      readonly jobId: string;
      readonly batchAttempt: number;
      readonly arrayIndex?: number | undefined;
    }
  | { readonly kind: "day"; readonly day: string; readonly run: RunRef; readonly fact: DayFact }
  | { readonly kind: "spec" | "announced"; readonly partner: string; readonly id: string };

const DAY =
  /^(\d{4}-\d{2}-\d{2})\/([^/.]+)\.(\d+)\.(claimed|delivered|failed|cancelled|told)\.json$/u;
const RUN = /^([^/]+)\/(\d+)\/(.+)\.json$/u;
const STEP = /^steps\/([^/]+)\/(\d+)\/([^/]+)$/u;
const REPORT = /^([^.]+)\.(?:(\d+)\.)?(\d+)\.report$/u;
const STATUS = /^([^.]+)\.([A-Z]+)$/u;

/** Reads a key of the ledger; `undefined` for one that this version does not know. */
export function parseKey(key: string): ParsedKey | undefined {
  const [, partner, kind, rest] = /^([^/]+)\/(runs|days|spec|announced)\/(.+)$/u.exec(key) ?? [];
  if (partner === undefined || kind === undefined || rest === undefined) return undefined;
  if (kind === "spec" || kind === "announced") {
    const [, id] = /^([^/]+)\.json$/u.exec(rest) ?? [];
    return id === undefined ? undefined : { kind, partner, id };
  }
  if (kind === "days") {
    const [, day, orderKey, attempt, fact] = DAY.exec(rest) ?? [];
    if (day === undefined || orderKey === undefined) return undefined;
    const run = { partner, orderKey, attempt: Number(attempt) };
    return { kind: "day", day, run, fact: fact as DayFact };
  }
  const [, orderKey, attempt, name] = RUN.exec(rest) ?? [];
  if (orderKey === undefined || name === undefined) return undefined;
  return runKey({ partner, orderKey, attempt: Number(attempt) }, name);
}

function runKey(run: RunRef, name: string): ParsedKey | undefined {
  if (name === "claim" || name === "retry") return { kind: name, run };
  if (/^actions\/[^/]+$/u.test(name)) return { kind: "action", run };
  const [, lock] = /^locks\/([^/]+)$/u.exec(name) ?? [];
  if (lock !== undefined) return { kind: "lock", run, lock };
  const [, step, generation, fact] = STEP.exec(name) ?? [];
  if (step === undefined || fact === undefined) return undefined;
  return stepKey({ ...run, step, generation: Number(generation) }, fact);
}

function stepKey(step: StepRef, fact: string): ParsedKey | undefined {
  if (fact === "intent" || fact === "submitted") return { kind: fact, step };
  const [, jobOfReport, index, batchAttempt] = REPORT.exec(fact) ?? [];
  if (jobOfReport !== undefined)
    return {
      kind: "report",
      step,
      jobId: jobOfReport,
      batchAttempt: Number(batchAttempt),
      arrayIndex: index === undefined ? undefined : Number(index),
    };
  const [, jobId, status] = STATUS.exec(fact) ?? [];
  if (jobId === undefined || status === undefined) return undefined;
  return { kind: "status", step, jobId, status };
}
