import { Construct } from "constructs";
import { AlertAlarm } from "../../cloudwatch";
import {
  ENV,
  PLATFORM_METRICS_NAMESPACE,
  RECONCILE_FAULTS,
  TRIGGER_TIMEOUT_SECONDS,
} from "../../contract";
import type { Naming } from "../../core";
import { JobStateRule, Schedules, StepFactRule } from "../../events";
import { type FunctionPackage, IngestFunction } from "../../lambda";
import type { BucketRef } from "../../s3";
import type { AnnouncementsQueue, DeadLetterQueue } from "../../sqs";
import { runsGrants } from "./runs-grants";

/** Props of {@link RunFunctions}. */
export interface RunFunctionsProps {
  readonly naming: Naming;
  readonly reconcile: FunctionPackage;
  readonly escalate: FunctionPackage;
  readonly boundaryArn: string;
  readonly ledger: BucketRef & { readonly bucketName: string };
  readonly announcements: AnnouncementsQueue;
  readonly deadLetters: DeadLetterQueue;
  readonly alertsTopicArn: string;
  readonly logRetentionDays: number;
  readonly disposable: boolean;
}

/** Passes that are missed before somebody is told. */
const SILENT_MINUTES = 15;

/**
 * The functions that no run needs for its way and every run needs when something breaks: `reconcile`, every five minutes,
 * and `escalate`, for each job that ended or is blocked. Alarms tell when `reconcile` rests, and when
 * its passes leave out something again and again.
 */
export class RunFunctions extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RunFunctionsProps,
  ) {
    super(scope, id);
    const { naming, boundaryArn, deadLetters } = props;
    const reconcile = this.create(
      "reconcile",
      "Completes runs that were interrupted, and checks what is expected",
    );
    new Schedules(this, "Schedules", {
      naming,
      owner: "platform",
      schedules: [{ trigger: "reconcile", expression: "rate(5 minutes)", timezone: "UTC" }],
      target: reconcile,
      boundaryArn,
      deadLetters,
    });
    const escalate = this.create(
      "escalate",
      "Records what became of jobs, and resumes those that their hosts ended",
    );
    new JobStateRule(this, "Jobs", {
      naming,
      queueArnPrefix: naming.jobQueueArn("platform", ""),
      target: escalate,
      deadLetters,
    });
    new StepFactRule(this, "StepFacts", {
      naming,
      ledgerBucket: props.ledger.bucketName,
      target: escalate,
      deadLetters,
    });
    this.createSilenceAlarm(reconcile);
    this.createFaultAlarm(reconcile);
  }

  /** One fault passes by with the next pass; those that last are of runs and expectations that nobody looks after. */
  private createFaultAlarm({ functionName }: IngestFunction): void {
    const { naming, alertsTopicArn } = this.props;
    new AlertAlarm(this, "ReconcileFaults", {
      naming,
      owner: "platform",
      thing: "reconcile-faults",
      logicalId: "reconcile_faults",
      description: `${functionName} could not look after some run or partner in three of four passes: its log names each as "not reconciled", with the reason`,
      namespace: PLATFORM_METRICS_NAMESPACE,
      metricName: RECONCILE_FAULTS,
      dimensions: { environment: naming.scope.environment },
      statistic: "Maximum",
      lasts: { periods: 3, of: 4 },
      alertsTopicArn,
    });
  }

  /** Nothing else would tell that runs are looked after no more: a function that is not invoked has no errors. */
  private createSilenceAlarm({ functionName }: IngestFunction): void {
    new AlertAlarm(this, "ReconcileSilent", {
      naming: this.props.naming,
      owner: "platform",
      thing: "reconcile-silent",
      logicalId: "reconcile_silent",
      description: `${functionName} did not run for ${String(SILENT_MINUTES)} minutes, so that interrupted runs and missing orders go unnoticed: look whether its schedule is enabled and its role may invoke it`,
      namespace: "AWS/Lambda",
      metricName: "Invocations",
      dimensions: { FunctionName: functionName },
      statistic: "Sum",
      missesForSeconds: SILENT_MINUTES * 60,
      alertsTopicArn: this.props.alertsTopicArn,
    });
  }

  private create(thing: "reconcile" | "escalate", description: string): IngestFunction {
    const { naming, ledger, announcements, ...props } = this.props;
    const from = `functions.${thing}`;
    return new IngestFunction(this, thing, {
      naming,
      owner: "platform",
      thing,
      description,
      code: props[thing],
      environment: {
        [ENV.ledgerBucket]: ledger.bucketName,
        [ENV.announcementsQueueUrl]: announcements.url,
        [ENV.environment]: naming.scope.environment,
      },
      grants: [...runsGrants(naming, ledger, from), ...announcements.grantAnnounce(from)],
      boundaryArn: props.boundaryArn,
      // Both submit, and the lease of a step's intent is built on the longest run of whoever submits.
      timeoutSeconds: TRIGGER_TIMEOUT_SECONDS,
      logRetentionDays: props.logRetentionDays,
      disposable: props.disposable,
      deadLetters: props.deadLetters,
      alertsTopicArn: props.alertsTopicArn,
    });
  }
}
