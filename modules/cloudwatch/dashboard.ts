import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import { METRICS_DIMENSIONS, METRICS_NAMESPACE, type WorkerMetric } from "../contract";
import { type Naming, withLogicalId } from "../core";

/** Props of {@link Dashboard}. */
export interface DashboardProps {
  readonly naming: Naming;
  /** Name of the queue of announcements. */
  readonly announcementsQueue: string;
}

/** A dashboard is 24 units wide. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const WIDTH = 12;
const HEIGHT = 6;

/**
 * What goes on in an environment, on one page: its functions and queues, and what the steps of its partners move, take and
 * use. Partners are found by their names, so that a new one is on it at once.
 * Creates `aws_cloudwatch_dashboard`.
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { naming, announcementsQueue }: DashboardProps) {
    super(scope, id);
    const { prefix, environment, region } = naming.scope;
    // CloudWatch searches by words: of a name, the parts between hyphens.
    const own = [prefix, environment].join("-").split("-").join(" ");
    const found = (schema: string, metric: string, statistic: string): object => ({
      expression: `SEARCH('{${schema}} MetricName="${metric}" ${own}', '${statistic}', 300)`,
      region,
    });
    const ofSteps = (metric: WorkerMetric, statistic: string): object => ({
      expression: `SEARCH('{${[METRICS_NAMESPACE, ...METRICS_DIMENSIONS].join(",")}} MetricName="${metric}" environment="${environment}"', '${statistic}', 300)`,
      region,
    });
    const queue = (metric: string, stat: string): unknown[] => [
      "AWS/SQS",
      metric,
      "QueueName",
      announcementsQueue,
      { stat },
    ];
    const charts: readonly [title: string, metrics: readonly unknown[]][] = [
      ["Functions that failed, by partner", [[found("AWS/Lambda,FunctionName", "Errors", "Sum")]]],
      [
        "Events and announcements that nobody could handle",
        [[found("AWS/SQS,QueueName", "ApproximateNumberOfMessagesVisible", "Maximum")]],
      ],
      [
        "Announcements that wait: their number",
        [queue("ApproximateNumberOfMessagesVisible", "Maximum")],
      ],
      ["Announcements that wait: seconds", [queue("ApproximateAgeOfOldestMessage", "Maximum")]],
      ["How long functions run", [[found("AWS/Lambda,FunctionName", "Duration", "Maximum")]]],
      ["Bytes moved, by partner and step", [[ofSteps("Bytes", "Sum")]]],
      ["Bytes per second, by partner and step", [[ofSteps("BytesPerSecond", "Average")]]],
      ["Files moved, by partner and step", [[ofSteps("Files", "Sum")]]],
      ["How long steps take: seconds", [[ofSteps("DurationSeconds", "Maximum")]]],
      ["Requests of steps that were tried again", [[ofSteps("Retries", "Sum")]]],
      ["Peak memory of the worker: bytes", [[ofSteps("PeakMemoryBytes", "Maximum")]]],
      ["Deliveries that do not hold what they promise", [[ofSteps("FailedVerifications", "Sum")]]],
      ["Attempts of steps that failed", [[ofSteps("Failures", "Sum")]]],
      ["How often functions run", [[found("AWS/Lambda,FunctionName", "Invocations", "Sum")]]],
    ];
    withLogicalId(
      new CloudwatchDashboard(this, "Dashboard", {
        dashboardName: naming.name("dashboard", "platform", "orders"),
        dashboardBody: JSON.stringify({
          widgets: charts.map(([title, metrics], index) => ({
            type: "metric",
            x: (index % 2) * WIDTH,
            y: Math.floor(index / 2) * HEIGHT,
            width: WIDTH,
            height: HEIGHT,
            properties: { title, region, view: "timeSeries", period: 300, metrics },
          })),
        }),
      }),
      "orders",
    );
  }
}
