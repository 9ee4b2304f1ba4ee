import type { StepReport } from "../../../../modules/contract";

/** Namespace of the metrics that the worker's log lines carry. */
export const METRICS_NAMESPACE = "PartnerIngest/Worker";

/** Name and unit of each metric. CloudWatch bills by metric and dimensions: few names, and no order among them. */
const METRICS = {
  DurationSeconds: "Seconds",
  Files: "Count",
  Bytes: "Bytes",
  Retries: "Count",
  PeakMemoryBytes: "Bytes",
  Failures: "Count",
} as const;

/**
 * The log line's fields from which CloudWatch makes metrics by partner and step, without a call and without a right.
 * A step that moves nothing has no `Files` and `Bytes`, rather than zeros that pull an average down.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricFields(report: StepReport): Readonly<Record<string, unknown>> {
  const { counts, outcome, usage } = report;
  // A delivery counts once, however often its order is run again.
  const delivered = counts["publishedBefore"] === undefined;
  const values: Readonly<Record<keyof typeof METRICS, number | undefined>> = {
    DurationSeconds: usage === undefined ? undefined : usage.durationMs / 1000,
    Files: delivered ? counts["files"] : undefined,
    Bytes: delivered ? counts["bytes"] : undefined,
    Retries: usage?.retries,
    PeakMemoryBytes: usage?.peakMemoryBytes,
    Failures: outcome === "ok" ? 0 : 1,
  };
  const told = Object.entries(values).filter(([, value]) => value !== undefined);
  return {
    _aws: {
      Timestamp: Date.parse(report.endedAt),
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [["partner", "step"]],
          Metrics: told.map(([name]) => ({
            Name: name,
            Unit: METRICS[name as keyof typeof METRICS],
          })),
        },
      ],
    },
    partner: report.partner,
    step: report.step,
    outcome,
    ...Object.fromEntries(told),
  };
}
