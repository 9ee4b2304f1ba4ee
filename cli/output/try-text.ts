import path from "node:path";
import { type Delivery, type TriedJob, type TriedOrder, type TryResult } from "../../local/try";
import { type Colors } from "./colors";
import { table } from "./table";
import { bytes, count, duration } from "./words";

/** Files of a delivery that are named; the manifest names all. */
const FILES_SHOWN = 20;

/** A run's result for people. */
export function tryText(result: TryResult, projectRoot: string, colors: Colors): string {
  const where = path.relative(projectRoot, result.directory);
  return [
    ...result.reasons.map((reason) => `${colors.red("failed")}  ${reason}`),
    ...result.orders.map((order) => orderText(order, result, projectRoot, colors)),
    `${headline(result, colors)} in ${duration(result.seconds)}; state and logs are in ${where}`,
    ...(result.outcome === "known" &&
    result.trigger.kind !== "schedule" &&
    !result.orders.some(({ outcome }) => outcome === "paused")
      ? ["The ledger knows the order, so nothing was started. --fresh forgets all earlier runs."]
      : []),
    ...result.alerts.map((alert) => alertText(alert, colors)),
  ].join("\n\n");
}

/** What an operator gets, word for word; the command in it works as it stands. */
function alertText(alert: string, colors: Colors): string {
  return [
    "an operator is told:",
    ...alert.split("\n").map((line) => `  ${colors.dim("│")} ${line}`),
  ].join("\n");
}

function headline({ outcome, orders, partner }: TryResult, colors: Colors): string {
  const delivered = orders.filter((order) => order.outcome === "delivered").length;
  switch (outcome) {
    case "delivered":
      return `${colors.green("delivered")} ${count(delivered, "order")} of ${partner}`;
    case "known": {
      const paused = orders.filter((order) => order.outcome === "paused").length;
      if (paused > 0)
        return `${colors.yellow("paused")}: ${count(paused, "order")} of ${partner} recorded, to start it: partner-ingest orders resume ${partner}`;
      const known = orders.filter((order) => order.outcome === "known").length;
      return `${colors.cyan("nothing new")}: ${count(known, "order")} of ${partner} delivered before`;
    }
    case "failed":
      return colors.red("the run failed");
  }
}

const OUTCOMES: Readonly<Record<TriedOrder["outcome"], string>> = {
  delivered: "delivered",
  known: "known, delivered before",
  listed: "looked for new orders",
  paused: "recorded; its partner is paused",
  failed: "failed",
};

function orderText(
  order: TriedOrder,
  { partner }: TryResult,
  projectRoot: string,
  colors: Colors,
): string {
  const facts = order.ledgerKeys.length;
  return [
    `${colors.bold(JSON.stringify(order.orderId))}  ${OUTCOMES[order.outcome]}  ${colors.dim(`${order.orderKey}/${String(order.attempt)}`)}`,
    ...(order.jobs.length === 0 ? [] : [table(order.jobs.map(jobRow), "  ")]),
    ...order.jobs.flatMap((job) => failureLines(job, projectRoot, colors)),
    ...order.deliveries.flatMap((delivery) => deliveryLines(delivery, colors)),
    `  ledger: ${count(facts, "fact")} below ${partner}/runs/${order.orderKey}/${String(order.attempt)}/`,
  ].join("\n");
}

/** Where to look further: the program's last words, and the job's whole output. */
function failureLines(job: TriedJob, projectRoot: string, colors: Colors): string[] {
  if (job.status !== "FAILED") return [];
  return [
    ...(job.programSaid === undefined
      ? []
      : [
          `  ${job.step}, the program's last words:`,
          ...job.programSaid
            .split("\n")
            .slice(-10)
            .map((line) => `    ${colors.dim(line)}`),
        ]),
    ...(job.logFile === undefined
      ? []
      : [`  ${job.step}, all of its output: ${path.relative(projectRoot, job.logFile)}`]),
  ];
}

function jobRow(job: TriedJob): string[] {
  const first = job.attempts[0]?.startedAt;
  const last = job.attempts.at(-1);
  const seconds =
    first === undefined || last?.stoppedAt === undefined
      ? undefined
      : (Date.parse(last.stoppedAt) - Date.parse(first)) / 1000;
  return [
    job.step,
    job.status,
    count(job.attempts.length, "attempt"),
    seconds === undefined ? "" : duration(seconds),
    last?.exitCode === undefined
      ? job.status === "SUCCEEDED"
        ? ""
        : (job.statusReason ?? "")
      : `exit ${String(last.exitCode)} ${last.exitName ?? ""}`,
    job.jobId,
  ];
}

function deliveryLines(delivery: Delivery, colors: Colors): string[] {
  const { files, differences } = delivery;
  const hidden = files.length - FILES_SHOWN;
  return [
    `  ${count(files.length, "file")}, ${bytes(delivery.bytes)} in s3://${delivery.bucket}`,
    table(
      files.slice(0, FILES_SHOWN).map(({ key, size }) => [key, bytes(size)]),
      "    ",
    ),
    ...(hidden > 0
      ? [`    and ${count(hidden, "more file", "more files")}, see the manifest`]
      : []),
    differences.length === 0
      ? `  ${colors.green("✓")} bucket and manifest agree: ${delivery.manifestKey}`
      : `  ${colors.red("✗")} bucket and manifest differ: ${differences.join("; ")}`,
  ];
}
