import { type Cause, causeOf, whenGivenUp } from "../../modules/batch-reasons";
import { FUNCTION_ENDS_BY, FUNCTION_JOB_ID } from "../../modules/contract";
import { type RunState } from "../../modules/ledger";
import { safeText } from "../output/safe-text";

/** Last lines of a program's error output that are shown. */
const LAST_WORDS = 5;

/** Why a run failed: as its alert tells it, and what the partner's program said last. */
export interface Failure {
  readonly step: string;
  readonly cause: Pick<Cause, "class" | "code" | "text" | "cure">;
  readonly lastWords: readonly string[];
}

/** Finds out why a run failed, from its facts; `undefined` for one that did not, or of which nobody knows. */
export function failureOf({ status, steps }: RunState): Failure | undefined {
  if (status !== "failed" && status !== "retrying") return undefined;
  const broken = steps.find((step) => step.status === "failed");
  const { job, reports = [], failedChildren = [] } = broken?.current ?? {};
  if (broken === undefined || job === undefined) return undefined;
  // What a function does not do for another reason Batch does: no failure of the order.
  if (job.jobId === FUNCTION_JOB_ID && !FUNCTION_ENDS_BY.has(job.attempts.at(-1)?.exitCode))
    return undefined;
  const [failed = job] = failedChildren;
  const told = reports.filter(({ outcome, jobId, arrayIndex }) =>
    failed === job
      ? jobId === job.jobId
      : outcome !== "ok" && `${job.jobId}:${String(arrayIndex)}` === failed.jobId,
  );
  const { class: whose, code, text, cure } = whenGivenUp(causeOf(failed, told));
  const said = told.at(-1)?.program?.stderrTail ?? "";
  return {
    step: broken.step,
    cause: { class: whose, code, text, cure },
    lastWords: said === "" ? [] : said.trimEnd().split("\n").slice(-LAST_WORDS),
  };
}

/** The same as lines for people. */
export const failureLines = ({ step, cause, lastWords }: Failure): string[] => [
  `why: ${safeText(cause.text)} (${cause.class}, ${cause.code})`,
  `what to do: ${cause.cure}`,
  ...(lastWords.length === 0
    ? []
    : [`${step}, the program's last words:`, ...lastWords.map((line) => `  ${safeText(line)}`)]),
];
