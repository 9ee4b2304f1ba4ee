export { ContainerStartError } from "./container-runtime";
export type {
  ContainerExit,
  ContainerMount,
  ContainerRuntime,
  ContainerSpec,
  RunningContainer,
} from "./container-runtime";
export type { CapacityKind, ComputeEnvironmentSettings } from "./compute-environment";
export type { JobStateChange, QueueBlocked } from "./job-event";
export { removeLeftovers } from "./leftovers";
export { readLogIndex, type LogIndexEntry } from "./log-index";
export { LocalBatch, type LocalBatchOptions } from "./local-batch";
export { ProcessRuntime, type ProcessRuntimeOptions } from "./process-runtime";
export { isRetried, type FailedAttempt } from "./retry-rules";
export { startBatch, type BatchServer, type BatchServerOptions } from "./server";
export { systemTimers, type Timers } from "./timers";
