import {
  mayBeQuarantined,
  quarantineListCommand,
  rerunCommand,
  type StepReport,
} from "../../modules/contract";
import {
  foldRun,
  type GenerationState,
  readRun,
  type RunState,
  type StepState,
} from "../../modules/ledger";
import { type CommandResult } from "../command";
import { type Colors } from "../output/colors";
import { safeText } from "../output/safe-text";
import { table } from "../output/table";
import { duration } from "../output/words";
import { type PartnerCloud } from "./cloud";
import { failureLines, failureOf } from "./failure-words";
import { findOrder, type FoundOrder } from "./find-order";
import { pauseOf, pauseText } from "./pause";

/** Reads an attempt of an order; the newest where none is named. */
export async function readAttempt(
  cloud: PartnerCloud,
  { orderKey, attempts }: FoundOrder,
  attempt = attempts.at(-1) ?? 1,
): Promise<RunState> {
  const run = { partner: cloud.partner, orderKey, attempt };
  return foldRun(await readRun(cloud.ledger, run));
}

/** Shows everything that happened to an order, attempt by attempt. */
export async function showOrder(
  cloud: PartnerCloud,
  order: string,
  suffix: string,
  colors: Colors,
): Promise<CommandResult> {
  const found = await findOrder(cloud, order);
  const runs: RunState[] = [];
  for (const attempt of found.attempts) runs.push(await readAttempt(cloud, found, attempt));
  const last = runs.at(-1);
  const next =
    last?.status === "failed" || last?.status === "retrying"
      ? nextCommand(last, order, suffix)
      : undefined;
  const pause = await pauseOf(cloud);
  const failure = last === undefined ? undefined : failureOf(last);
  return {
    data: { orderKey: found.orderKey, runs, failure, nextCommand: next, paused: pause },
    text: [
      ...runs.map((run) => runText(run, colors)),
      ...(failure === undefined ? [] : [failureLines(failure).join("\n")]),
      ...(pause === undefined ? [] : [colors.yellow(pauseText(pause))]),
      ...(next === undefined
        ? []
        : [last?.status === "retrying" ? `to do it now: ${next}` : `next: ${next}`]),
    ].join("\n\n"),
  };
}

const brokenStep = ({ steps }: RunState): StepState | undefined =>
  steps.find(({ status }) => status === "failed");

/** Whether a run failed because what was delivered does not hold. */
const doesNotHold = (state: RunState): boolean =>
  brokenStep(state)?.current?.reports.at(-1)?.outcome === "badDelivery";

/**
 * The first step that is done again: where the run broke. A delivery that does not hold, or that a verification found
 * wrong, is fetched anew: what is staged of it, if anything, would not hold again.
 */
export const stepToResume = (state: RunState): string | undefined =>
  doesNotHold(state) || state.claim?.verifies !== undefined ? undefined : brokenStep(state)?.step;

/**
 * What to type next, as alerts tell it: a delivery in quarantine is looked at, unless somebody has turned it down; anything
 * else is done again.
 */
export function nextCommand(state: RunState, order: string, where: string): string {
  const { run, claim, actions } = state;
  const rejected = actions.some(({ action }) => action === "reject");
  const quarantined = mayBeQuarantined(brokenStep(state)?.current?.reports ?? []);
  return doesNotHold(state) && quarantined && !rejected
    ? quarantineListCommand(run.partner, where)
    : rerunCommand({ ...run, orderId: claim?.orderId ?? order }, stepToResume(state), where);
}

function runText(run: RunState, colors: Colors): string {
  const { claim, status, elapsedSeconds, actions, retry, faults } = run;
  const took = elapsedSeconds === undefined ? "" : ` after ${duration(elapsedSeconds)}`;
  const word = status === "failed" ? colors.red(status) : status;
  return [
    `${colors.bold(JSON.stringify(claim?.orderId ?? run.run.orderKey))}  ${run.run.orderKey}  attempt ${String(run.run.attempt)}  ${word}${took}`,
    ...(claim === undefined
      ? []
      : [
          `  ${claim.claimedAt}  claimed through ${claim.trigger}${claim.verifies === undefined ? "" : `, to verify what attempt ${String(claim.verifies)} delivered`}`,
        ]),
    ...run.steps.flatMap(stepLines),
    ...actions.map(({ at, action, by, reason }) => `  ${at}  ${action} by ${by}: ${reason}`),
    ...(retry === undefined
      ? []
      : [`  next attempt not before ${retry.notBefore}: ${retry.reason}`]),
    ...faults.map((fault) => `  ${colors.yellow("unreadable")}: ${fault}`),
  ].join("\n");
}

function stepLines({ step, status, generations }: StepState): string[] {
  if (generations.length === 0) return [`  ${step}  ${status}`];
  return generations.flatMap((generation) => [
    table(
      [
        [
          step,
          `g${String(generation.generation)}`,
          generation.status,
          queueOf(generation),
          elapsedOf(generation),
          reasonOf(generation),
        ],
      ],
      "  ",
    ),
    ...generation.statuses.map(({ at, status: word }) => `    ${at}  ${word}`),
    ...generation.reports.map(reportLine),
  ]);
}

function reportLine(report: StepReport): string {
  return `    ${report.endedAt}  worker: ${report.outcome}${report.message === undefined ? "" : `, ${safeText(report.message)}`}`;
}

function queueOf({ submitted }: GenerationState): string {
  return submitted === undefined ? "" : `on ${submitted.jobQueue.split("--").pop() ?? ""}`;
}

function elapsedOf({ submitted, job }: GenerationState): string {
  if (submitted === undefined || job === undefined) return "";
  const seconds = (Date.parse(job.at) - Date.parse(submitted.submittedAt)) / 1000;
  return seconds > 0 ? duration(seconds) : "";
}

function reasonOf({ job, status }: GenerationState): string {
  return status === "failed" ? (job?.statusReason ?? "") : "";
}
