import { FUNCTION_JOB_ID } from "../../modules/contract";
import { ConfigError } from "../../modules/core/errors";
import { type CommandResult } from "../command";
import { type Colors } from "../output/colors";
import { logText } from "../output/log-text";
import { type PartnerCloud } from "./cloud";
import { findOrder } from "./find-order";
import { readAttempt } from "./show-order";

/** What of an order's output is shown. */
export interface LogQuery {
  /** @default all steps that ran */
  readonly step?: string | undefined;
  /** @default the newest */
  readonly attempt?: number | undefined;
  /** Child of an array job. @default those that failed */
  readonly index?: number | undefined;
  /** Last lines of each stream. */
  readonly tail: number;
}

/** The output of one of Batch's attempts of a job. */
export interface LogSection {
  readonly step: string;
  readonly generation: number;
  readonly jobId: string;
  /** Counted from 1. */
  readonly batchAttempt: number;
  readonly stream: string;
  /** Missing where the log is gone. */
  readonly lines?: readonly string[] | undefined;
}

/** Where the output is of what a function did, which is in no log of a job. */
export interface FunctionLog {
  readonly step: string;
  readonly generation: number;
  readonly logGroup: string;
  /** What each of its lines holds as `run`. */
  readonly run: string;
}

/** Of an array job's failed children so many are shown. */
const CHILDREN_SHOWN = 5;

/** Shows what the jobs of an order wrote, step by step. */
export async function orderLogs(
  cloud: PartnerCloud,
  order: string,
  query: LogQuery,
  colors: Colors,
): Promise<CommandResult> {
  const found = await findOrder(cloud, order);
  if (query.attempt !== undefined && !found.attempts.includes(query.attempt))
    throw new ConfigError(
      `--attempt must be an attempt of the order, got ${String(query.attempt)}; there is ${found.attempts.join(", ")}`,
    );
  const { run, steps } = await readAttempt(cloud, found, query.attempt);
  const known = steps.map(({ step }) => step);
  if (query.step !== undefined && !known.includes(query.step))
    throw new ConfigError(
      `--step must be a step of the order, got ${JSON.stringify(query.step)}; known are ${known.join(", ")}`,
    );
  const sections: LogSection[] = [];
  const silent: string[] = [];
  const functions: FunctionLog[] = [];
  for (const { step, generations } of steps.filter(
    (state) => query.step === undefined || state.step === query.step,
  ))
    for (const { generation, submitted, job, reports } of generations) {
      const jobId = submitted?.jobId ?? job?.jobId;
      if (jobId === undefined) continue;
      if (jobId === FUNCTION_JOB_ID) {
        functions.push({
          step,
          generation,
          logGroup: logGroupOf(submitted?.jobArn ?? ""),
          run: `${run.orderKey}/${String(run.attempt)}`,
        });
        continue;
      }
      const failed = reports.flatMap(({ outcome, arrayIndex }) =>
        outcome === "ok" || arrayIndex === undefined ? [] : [arrayIndex],
      );
      const indexes = query.index === undefined ? failed.slice(0, CHILDREN_SHOWN) : [query.index];
      const ids = [
        ...(query.index === undefined ? [jobId] : []),
        ...new Set(indexes.map((index) => `${jobId}:${String(index)}`)),
      ];
      const own = await sectionsOf(cloud, { step, generation }, ids, query.tail);
      sections.push(...own);
      if (own.length === 0) silent.push(`${step} g${String(generation)} (job ${jobId})`);
    }
  return {
    data: { ...run, sections, functions },
    text: [
      ...sections.map((section) => sectionText(section, colors)),
      ...silent.map((what) => `${what} left no log: it did not start, or Batch has forgotten it`),
      ...functions.map(functionText),
      ...(sections.length + silent.length + functions.length === 0
        ? ["no job of it was submitted"]
        : []),
    ].join("\n\n"),
  };
}

/** A function's log group has the parts of its name. */
const logGroupOf = (arn: string): string =>
  `/${(arn.split(":").at(-1) ?? "").split("--").join("/")}`;

const functionText = ({ step, generation, logGroup, run }: FunctionLog): string =>
  `${step} g${String(generation)} is the function's: what it wrote is in the log group ${logGroup}; ` +
  `the filter of this order is { $.run = ${JSON.stringify(run)} }`;

async function sectionsOf(
  { logs }: PartnerCloud,
  step: Pick<LogSection, "step" | "generation">,
  ids: readonly string[],
  tail: number,
): Promise<LogSection[]> {
  const sections: LogSection[] = [];
  for (const jobId of ids) {
    const streams = await logs.streams(jobId);
    for (const [at, stream] of streams.entries()) {
      const lines = await logs.tail(stream, tail);
      sections.push({ ...step, jobId, batchAttempt: at + 1, stream, lines });
    }
  }
  return sections;
}

function sectionText(section: LogSection, colors: Colors): string {
  const { step, generation, jobId, batchAttempt, lines } = section;
  const title = `${step} g${String(generation)}, attempt ${String(batchAttempt)} of job ${jobId}`;
  if (lines === undefined) return `${colors.bold(title)}: the log is gone`;
  return [colors.bold(title), ...lines.map((line) => `  ${logText(line, colors)}`)].join("\n");
}
