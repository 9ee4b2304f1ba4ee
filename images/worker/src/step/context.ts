import type { StepReport } from "../../../../modules/contract";
import type { WorkerConfig } from "../config";
import type { Log } from "../log";

/** What a verb works with, and what it leaves for the report, however it ends. */
export interface StepContext {
  readonly config: WorkerConfig;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly record: StepRecord;
  /** Throws when another worker has taken over the step; asked before what others see is written. */
  readonly requireHeld: (how?: "now") => Promise<void>;
}

/** What the report tells besides the outcome. */
export interface StepRecord {
  program?: StepReport["program"];
  readonly counts: Record<string, number>;
}
