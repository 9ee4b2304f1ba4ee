import { type StepReport } from "../../../modules/contract";
import { type GenerationState } from "../../../modules/ledger";
import { type Colors } from "../../output/colors";
import { type LineStream } from "../../output/line-stream";
import { logText } from "../../output/log-text";
import { safeText } from "../../output/safe-text";

/** A line that a job wrote. */
export interface LoggedLine {
  readonly step: string;
  readonly generation: number;
  readonly jobId: string;
  /** Counted from 1. */
  readonly batchAttempt: number;
  readonly stream: string;
  /** ISO 8601 instant; missing on one machine. */
  readonly at?: string | undefined;
  readonly line: string;
}

/** Tells what happens to an order while it is followed. */
export interface Tell {
  line(logged: LoggedLine): void;
  attempt(attempt: number, orderKey: string, orderId: string): void;
  step(step: string, generation: GenerationState): void;
  report(step: string, report: StepReport): void;
  note(text: string): void;
}

/** Tells as lines: those of jobs as they are, behind the name of their step. */
export function tellLines(out: LineStream, colors: Colors): Tell {
  const happened = (text: string, data: object): void => {
    out.write({ text: colors.bold(text), data });
  };
  return {
    line: (logged) => {
      const { step, generation, jobId, batchAttempt, line } = logged;
      const [, child] = jobId.split(":");
      const label = [
        child === undefined ? step : `${step}:${child}`,
        ...(generation > 1 ? [`g${String(generation)}`] : []),
        ...(batchAttempt > 1 ? [`attempt ${String(batchAttempt)}`] : []),
      ].join(" ");
      out.write({
        text: `${colors.dim(`${label} |`)} ${logText(line, colors)}`,
        data: { kind: "log", ...logged },
      });
    },
    attempt: (attempt, orderKey, orderId) => {
      happened(`attempt ${String(attempt)} of ${JSON.stringify(orderId)}  ${orderKey}`, {
        kind: "attempt",
        attempt,
        orderKey,
        orderId,
      });
    },
    step: (step, { generation, status, submitted, job }) => {
      const queue = submitted?.jobQueue.split("--").pop();
      const where = status === "failed" ? job?.statusReason : queue;
      happened(
        `${step} g${String(generation)} ${status}${where === undefined ? "" : status === "failed" ? `: ${where}` : ` on ${where}`}`,
        { kind: "step", step, generation, status, queue, reason: job?.statusReason, at: job?.at },
      );
    },
    report: (step, report) => {
      const { outcome, message, arrayIndex, endedAt } = report;
      const child = arrayIndex === undefined ? "" : `:${String(arrayIndex)}`;
      happened(
        `${step}${child} worker: ${outcome}${message === undefined ? "" : `, ${safeText(message)}`}`,
        {
          kind: "report",
          step,
          outcome,
          message,
          arrayIndex,
          at: endedAt,
        },
      );
    },
    note: (text) => {
      happened(text, { kind: "note", text });
    },
  };
}
