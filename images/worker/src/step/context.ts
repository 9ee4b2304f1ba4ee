import type { StepReport } from "../../../../modules/contract";
import type { WorkerConfig } from "../config";
import type { Log } from "../log";

/** What a verb works with, and what it leaves for the report, however it ends. */
export interface StepContext {
  readonly config: WorkerConfig;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly record: StepRecord;
}

/** What the report tells besides the outcome. */
export interface StepRecord {
  program?: StepReport["program"];
  readonly counts: Record<string, number>;
}
