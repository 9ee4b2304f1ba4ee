import {
  PLATFORM_METRICS_DIMENSIONS,
  PLATFORM_METRICS_NAMESPACE,
  RECONCILE_FAULTS,
} from "../../modules/contract";

/**
 * Fields of a log line from which CloudWatch makes a metric: how many runs and partners a pass could not look after. A pass
 * does not fail by one of them, so that the function's errors do not tell of it.
 *
 * @param now - milliseconds since the epoch
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function faultMetric(
  environment: string,
  faults: number,
  now: number,
): Readonly<Record<string, unknown>> {
  return {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: PLATFORM_METRICS_NAMESPACE,
          Dimensions: [[...PLATFORM_METRICS_DIMENSIONS]],
          Metrics: [{ Name: RECONCILE_FAULTS, Unit: "Count" }],
        },
      ],
    },
    environment,
    [RECONCILE_FAULTS]: faults,
  };
}
