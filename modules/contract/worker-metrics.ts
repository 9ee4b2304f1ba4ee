/** Namespace of the metrics that the worker's log lines carry. */
export const METRICS_NAMESPACE = "PartnerIngest/Worker";

/** What the metrics of the worker are kept by. CloudWatch bills by metric and dimensions: no order among them. */
export const METRICS_DIMENSIONS = ["environment", "partner", "step"] as const;

/** Name and unit of each metric of a step of the worker. */
export const WORKER_METRICS = {
  DurationSeconds: "Seconds",
  Files: "Count",
  Bytes: "Bytes",
  BytesPerSecond: "Bytes/Second",
  Retries: "Count",
  PeakMemoryBytes: "Bytes",
  Failures: "Count",
  /** Of deliveries that do not hold what they promise: checksums, names, counts, sizes. */
  FailedVerifications: "Count",
} as const;

/** A metric of the worker. */
export type WorkerMetric = keyof typeof WORKER_METRICS;
