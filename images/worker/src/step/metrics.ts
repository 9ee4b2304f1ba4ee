import {
  METRICS_DIMENSIONS,
  METRICS_NAMESPACE,
  WORKER_METRICS,
  type StepReport,
  type WorkerMetric,
} from "../../../../modules/contract";

/**
 * The log line's fields from which CloudWatch makes metrics by environment, partner and step, without a call and without a
 * right. What a step has nothing to tell of is left out, rather than a zero that pulls an average down and costs: a step
 * that moves nothing has no `Files` and `Bytes`, and only a delivery that does not hold has `FailedVerifications`.
 *
 * @param environment - missing where the job was submitted by a function that did not tell it yet
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricFields(
  report: StepReport,
  environment: string | undefined,
): Readonly<Record<string, unknown>> {
  const told = Object.entries(valuesOf(report)).filter(([, value]) => value !== undefined);
  return {
    _aws: {
      Timestamp: Date.parse(report.endedAt),
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [
            METRICS_DIMENSIONS.filter(
              (name) => name !== "environment" || environment !== undefined,
            ),
          ],
          Metrics: told.map(([name]) => ({
            Name: name,
            Unit: WORKER_METRICS[name as WorkerMetric],
          })),
        },
      ],
    },
    environment,
    partner: report.partner,
    step: report.step,
    outcome: report.outcome,
    ...Object.fromEntries(told),
  };
}

function valuesOf({
  counts,
  outcome,
  usage,
}: StepReport): Readonly<Record<WorkerMetric, number | undefined>> {
  // A delivery counts once, however often its order is run again.
  const delivered = counts["publishedBefore"] === undefined;
  const bytes = delivered ? counts["bytes"] : undefined;
  const seconds = usage === undefined ? undefined : usage.durationMs / 1000;
  return {
    DurationSeconds: seconds,
    Files: delivered ? counts["files"] : undefined,
    Bytes: bytes,
    BytesPerSecond: bytes === undefined || !seconds ? undefined : Math.round(bytes / seconds),
    Retries: usage?.retries,
    PeakMemoryBytes: usage?.peakMemoryBytes,
    Failures: outcome === "ok" ? 0 : 1,
    FailedVerifications: outcome === "badDelivery" ? 1 : undefined,
  };
}
