/** Namespace of the metrics that log lines of the platform's functions carry. */
export const PLATFORM_METRICS_NAMESPACE = "PartnerIngest/Platform";

/** What they are kept by. */
export const PLATFORM_METRICS_DIMENSIONS = ["environment"] as const;

/** Metric: how many runs and partners one pass of `reconcile` could not look after. */
export const RECONCILE_FAULTS = "ReconcileFaults";
