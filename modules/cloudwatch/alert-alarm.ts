import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";

/** Props of {@link AlertAlarm}. */
export interface AlertAlarmProps {
  readonly naming: Naming;
  readonly owner: string;
  readonly thing: string;
  readonly logicalId: string;
  /** What happened and what to do, for whoever is woken. */
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Sum" | "Maximum";
  /**
   * From which value on the alarm goes off.
   *
   * @default 1
   */
  readonly threshold?: number;
  /**
   * For a metric that should never rest: how long it may be zero or missing. A multiple of 300.
   *
   * @default - the metric should be zero
   */
  readonly missesForSeconds?: number;
  /**
   * For a metric that may be bad for a moment: in how many of so many periods of 300 seconds it must be so.
   *
   * @default - in one
   */
  readonly lasts?: { readonly periods: number; readonly of: number };
  readonly alertsTopicArn: string;
}

const PERIOD_SECONDS = 300;

const BUSY = {
  evaluationPeriods: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  // A metric of a thing that rests has no data.
  treatMissingData: "notBreaching",
} as const;

/**
 * An alarm that goes off when a metric reaches what it should not, within five minutes, or when one that should not is zero
 * for some time, and tells the alerts topic. Creates `aws_cloudwatch_metric_alarm`.
 */
export class AlertAlarm extends Construct {
  readonly alarm: CloudwatchMetricAlarm;

  constructor(scope: Construct, id: string, props: AlertAlarmProps) {
    super(scope, id);
    this.alarm = withLogicalId(
      new CloudwatchMetricAlarm(this, "Alarm", {
        alarmName: props.naming.name("alarm", props.owner, props.thing),
        alarmDescription: props.description,
        namespace: props.namespace,
        metricName: props.metricName,
        dimensions: { ...props.dimensions },
        statistic: props.statistic,
        period: PERIOD_SECONDS,
        threshold: props.threshold ?? 1,
        ...(props.missesForSeconds === undefined
          ? { ...BUSY, ...lasting(props) }
          : {
              evaluationPeriods: props.missesForSeconds / PERIOD_SECONDS,
              comparisonOperator: "LessThanThreshold",
              treatMissingData: "breaching",
            }),
        alarmActions: [props.alertsTopicArn],
        okActions: [props.alertsTopicArn],
      }),
      props.logicalId,
    );
  }
}

const lasting = ({ lasts }: AlertAlarmProps) =>
  lasts === undefined ? {} : { evaluationPeriods: lasts.of, datapointsToAlarm: lasts.periods };
