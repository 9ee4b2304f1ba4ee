import { Construct } from "constructs";
import { ENV } from "../../contract";
import type { Naming } from "../../core";
import { JobStateRule, Schedules } from "../../events";
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

/** Shorter than the schedule, so that two runs seldom meet. */
const RECONCILE_TIMEOUT_SECONDS = 280;
const ESCALATE_TIMEOUT_SECONDS = 60;

/**
 * The functions that no run needs for its way and every run needs when something breaks: `reconcile`, every five minutes,
 * and `escalate`, for each job that ended or is blocked.
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
      RECONCILE_TIMEOUT_SECONDS,
    );
    new Schedules(this, "Schedules", {
      naming,
      owner: "platform",
      schedules: [{ trigger: "reconcile", expression: "rate(5 minutes)", timezone: "UTC" }],
      target: reconcile,
      boundaryArn,
      deadLetters,
    });
    new JobStateRule(this, "Jobs", {
      naming,
      queueArnPrefix: naming.jobQueueArn("platform", ""),
      target: this.create(
        "escalate",
        "Records what became of jobs, and resumes those that their hosts ended",
        ESCALATE_TIMEOUT_SECONDS,
      ),
      deadLetters,
    });
  }

  private create(
    thing: "reconcile" | "escalate",
    description: string,
    timeoutSeconds: number,
  ): IngestFunction {
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
      timeoutSeconds,
      logRetentionDays: props.logRetentionDays,
      disposable: props.disposable,
      deadLetters: props.deadLetters,
      alertsTopicArn: props.alertsTopicArn,
    });
  }
}
