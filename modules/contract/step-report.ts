import type { ExitCodeName } from "./exit-codes";
import type { StepRef } from "./run";

/** What the worker tells of one Batch attempt of a step; lies in the ledger beside the step's other facts. */
export interface StepReport extends StepRef {
  readonly schemaVersion: 1;
  readonly jobId: string;
  /** Batch's own attempt of the job, counted from 1. */
  readonly batchAttempt: number;
  readonly arrayIndex?: number | undefined;
  readonly outcome: ExitCodeName;
  /** What went wrong and what to do, for people. */
  readonly message?: string | undefined;
  /** How the partner's program ended, where it ran. */
  readonly program?:
    | {
        readonly exitCode: number | null;
        readonly signal: string | null;
        readonly stderrTail: string;
      }
    | undefined;
  /** True when the end came from the host, not from the step: a signal to stop was seen. */
  readonly interruptedByHost: boolean;
  readonly counts: Readonly<Record<string, number>>;
  /** What the worker itself has used; the partner's program is not part of its memory. */
  readonly usage?:
    | {
        readonly durationMs: number;
        readonly peakMemoryBytes: number;
        /** Calls to S3, and how often one had to be tried again. */
        readonly requests: number;
        readonly retries: number;
      }
    | undefined;
  /** ISO 8601 instants. */
  readonly startedAt: string;
  readonly endedAt: string;
}
