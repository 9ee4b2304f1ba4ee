import { EXIT_CODES, type JobStatusRecord, type StepReport } from "../contract";
import type { Fact } from "./facts";
import { grouped } from "./group";
import type { GenerationState, StepState, StepStatus } from "./run-state";

type StepFact = Extract<Fact, { readonly kind: "intent" | "submitted" | "status" | "report" }>;

const STATUS_OF: Readonly<Record<string, StepStatus>> = {
  SUBMITTED: "waiting",
  PENDING: "waiting",
  RUNNABLE: "runnable",
  STARTING: "running",
  RUNNING: "running",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
};

const isTerminal = ({ status }: JobStatusRecord): boolean =>
  status === "SUCCEEDED" || status === "FAILED";

/** Folds the facts of one step, of all its generations. */
export function foldStep(step: string, facts: readonly StepFact[], skipped: boolean): StepState {
  const byGeneration = grouped(facts, (fact) => fact.record.generation);
  const generations = [...byGeneration]
    .sort(([a], [b]) => a - b)
    .map(([generation, own]) => foldGeneration(generation, own));
  const current = generations.at(-1);
  if (current === undefined)
    return { step, status: skipped ? "skipped" : "missing", generations, current };
  const succeeded = generations.some(({ status }) => status === "succeeded");
  return { step, status: succeeded ? "succeeded" : current.status, generations, current };
}

function foldGeneration(generation: number, facts: readonly StepFact[]): GenerationState {
  const intent = facts.find((fact) => fact.kind === "intent")?.record;
  const submitted = facts.find((fact) => fact.kind === "submitted")?.record;
  const statuses = facts.filter((fact) => fact.kind === "status").map(({ record }) => record);
  const jobs = statuses.filter(({ jobId }) => !jobId.includes(":")).sort(byTime);
  const jobId = decisiveJob(submitted?.jobId, jobs);
  const own = jobs.filter((job) => job.jobId === jobId);
  const job = own.find(isTerminal) ?? own.at(-1);
  return {
    generation,
    status:
      job === undefined
        ? submitted === undefined
          ? "intended"
          : "waiting"
        : (STATUS_OF[job.status] ?? "waiting"),
    intent,
    submitted,
    job,
    statuses: own,
    failedChildren: statuses
      .filter((child) => child.jobId.startsWith(`${jobId ?? ""}:`) && child.status === "FAILED")
      .sort(byIndex),
    reports: facts
      .filter((fact) => fact.kind === "report")
      .map(({ record }) => record)
      .sort(byEnd),
  };
}

/**
 * The job that a generation stands for: the recorded one. Should there be two of a name after all, the recorded one may
 * have given way to the other; it then ended as superseded, and the other one tells how the step ended.
 */
function decisiveJob(
  recorded: string | undefined,
  jobs: readonly JobStatusRecord[],
): string | undefined {
  if (recorded === undefined) return jobs.at(-1)?.jobId;
  const gaveWay = jobs.some(
    (job) => job.jobId === recorded && job.attempts.at(-1)?.exitCode === EXIT_CODES.superseded.code,
  );
  const other = jobs.filter((job) => job.jobId !== recorded).at(-1);
  return gaveWay && other !== undefined ? other.jobId : recorded;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const ORDER = Object.keys(STATUS_OF);

const byTime = (a: JobStatusRecord, b: JobStatusRecord): number =>
  compare(a.at, b.at) || ORDER.indexOf(a.status) - ORDER.indexOf(b.status);

const indexOf = ({ jobId }: JobStatusRecord): number => Number(jobId.split(":")[1]);
const byIndex = (a: JobStatusRecord, b: JobStatusRecord): number => indexOf(a) - indexOf(b);

const byEnd = (a: StepReport, b: StepReport): number => compare(a.endedAt, b.endedAt);
