import { Construct } from "constructs";
import { AlertAlarm } from "../cloudwatch";
import { METRICS_NAMESPACE, type WorkerMetric } from "../contract";
import { snakeCase } from "../core";
import type { ResolvedPartner, ResolvedStep } from "./resolved-partner";

/** Props of {@link StepAlarms}. */
export interface StepAlarmsProps {
  readonly resolved: ResolvedPartner;
  readonly step: ResolvedStep;
}

/** From which part of what a step may take it is told. */
const NEAR = 0.8;
const MIB = 1024 * 1024;

/**
 * Alarms that go off before a step fails: it takes nearly as long as it may, or its worker nearly all of its memory. A step
 * that has failed is told by its order's own alert, and by no alarm here. Creates an `aws_cloudwatch_metric_alarm` each.
 */
export class StepAlarms extends Construct {
  constructor(scope: Construct, id: string, props: StepAlarmsProps) {
    super(scope, id);
    const { partner } = props.resolved;
    const { name, from, settings, compute } = props.step;
    const seconds = Math.round(settings.timeoutSeconds * NEAR);
    this.createAlarm(props, {
      thing: "slow",
      metric: "DurationSeconds",
      threshold: seconds,
      description: `Step ${name} of ${partner.id} took ${String(seconds)} s or more, of the ${String(settings.timeoutSeconds)} s after which it is ended. Raise ${from}.timeoutSeconds if the partner sends more than before; the dashboard tells how much it moves`,
    });
    // What the program of the partner takes is no part of what the worker measures.
    if ("program" in settings) return;
    const mib = Math.round(compute.memoryMib * NEAR);
    this.createAlarm(props, {
      thing: "memory",
      metric: "PeakMemoryBytes",
      threshold: mib * MIB,
      description: `The worker of step ${name} of ${partner.id} took ${String(mib)} MiB or more, of the ${String(compute.memoryMib)} MiB with which it is ended. Raise ${from}.compute.memoryMib before a delivery fails by it`,
    });
  }

  private createAlarm(
    { resolved, step }: StepAlarmsProps,
    alarm: {
      readonly thing: string;
      readonly metric: WorkerMetric;
      readonly threshold: number;
      readonly description: string;
    },
  ): void {
    const { naming, partner, environment, facts } = resolved;
    new AlertAlarm(this, alarm.metric, {
      naming,
      owner: partner.id,
      thing: `${step.name}-${alarm.thing}`,
      logicalId: `${snakeCase(step.name)}_${alarm.thing}`,
      description: alarm.description,
      namespace: METRICS_NAMESPACE,
      metricName: alarm.metric,
      dimensions: { environment: environment.id, partner: partner.id, step: step.name },
      statistic: "Maximum",
      threshold: alarm.threshold,
      alertsTopicArn: facts.alertsTopicArn,
    });
  }
}
