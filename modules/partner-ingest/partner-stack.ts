import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { ENV, TRIGGER_TIMEOUT_SECONDS } from "../contract";
import { AssumptionError } from "../core";
import { AccessPoint } from "../efs";
import { ObjectRule, objectRuleArn, Schedules } from "../events";
import { type FunctionPackage, IngestFunction } from "../lambda";
import { LogGroup } from "../logs";
import { Bucket } from "../s3";
import { DeadLetterQueue } from "../sqs";
import { boundaryArn, IngestStack } from "../stack";
import { CurrentSpec } from "./current-spec";
import { Readers } from "./readers";
import { allSteps, bucketOf, type ResolvedPartner, type ResolvedStep } from "./resolved-partner";
import { StepAlarms } from "./step-alarms";
import { StepJob } from "./step-job";
import { triggerGrants } from "./trigger-grants";
import { objectTriggers, scheduleTriggers } from "./triggers";
import { lambdaStep, UnpackFunction } from "./unpack-function";

/** Props of {@link PartnerStack}. */
export interface PartnerStackProps {
  readonly resolved: ResolvedPartner;
  /** The trigger's code with this partner's spec in it; see `packTrigger`. */
  readonly trigger: FunctionPackage;
  /** The code that unpacks small objects; needed where the partner asks for it. */
  readonly unpack?: FunctionPackage | undefined;
}

/** A listing knows no order yet and leaves no files; the others go from bucket to bucket. */
const WITHOUT_STAGING: ReadonlySet<string> = new Set(["list", "process", "merge"]);

/**
 * Everything of one partner in one environment: buckets, the way into staging, a job definition and two roles for each
 * step, the trigger function with its schedules and rules, perhaps a function that unpacks, a dead-letter queue and alarms,
 * a role for each reader, and the spec in the ledger.
 */
export class PartnerStack extends IngestStack {
  readonly resolved: ResolvedPartner;
  private readonly boundaryArn: string;

  constructor(scope: Construct, { resolved, trigger, unpack }: PartnerStackProps) {
    const { environment, partner } = resolved;
    super(scope, { environment, kind: "partner", owner: partner.id });
    this.resolved = resolved;
    this.boundaryArn = boundaryArn(environment, this.naming);
    this.createBuckets();
    const jobs = this.createJobs();
    const deadLetters = this.createDeadLetters();
    const target = this.createTrigger(trigger, jobs, deadLetters);
    this.createSchedules(target, deadLetters);
    this.createObjectRules(target, deadLetters);
    this.createUnpack(unpack);
    new Readers(this, "Readers", { resolved, boundaryArn: this.boundaryArn });
    for (const step of allSteps(resolved))
      new StepAlarms(this, `Alarms-${step.name}`, { resolved, step });
    new CurrentSpec(this, "CurrentSpec", resolved);
  }

  /** Buckets that exist are left alone: a notification, policy or life cycle of ours would replace their owner's. */
  private createBuckets(): void {
    const { partner, environment, facts, buckets } = this.resolved;
    const watched = objectTriggers(partner).map(([, { bucket }]) => bucket);
    for (const { role, kind } of Object.values(buckets)) {
      if (kind === "existing") continue;
      const days = partner.retention[role];
      new Bucket(this, `Bucket-${role}`, {
        naming: this.naming,
        owner: partner.id,
        thing: role,
        kmsKeyArn: facts.keys.data,
        disposable: environment.disposable,
        eventBridge: watched.includes(role),
        expireDays: days === "forever" ? undefined : days,
        logicalId: role,
      });
    }
  }

  private createJobs(): ReadonlyMap<string, StepJob> {
    const { resolved, boundaryArn } = this;
    const { partner, environment, facts } = resolved;
    const log = new LogGroup(this, "JobLog", {
      naming: this.naming,
      owner: partner.id,
      thing: "jobs",
      retentionDays: environment.logRetentionDays,
      disposable: environment.disposable,
      logicalId: "jobs",
    });
    const staging =
      partner.staging.kind === "efs"
        ? new AccessPoint(this, "Staging", {
            naming: this.naming,
            owner: partner.id,
            fileSystemId: facts.fileSystemId,
            disposable: environment.disposable,
            logicalId: "staging",
          })
        : undefined;
    const stagingOf = (step: ResolvedStep): AccessPoint | undefined =>
      WITHOUT_STAGING.has(step.settings.kind) ? undefined : staging;
    return new Map(
      allSteps(resolved).map((step) => [
        step.name,
        new StepJob(this, `Step-${step.name}`, {
          resolved,
          step,
          log,
          staging: stagingOf(step),
          boundaryArn,
        }),
      ]),
    );
  }

  private createDeadLetters(): DeadLetterQueue {
    const { partner, facts } = this.resolved;
    return new DeadLetterQueue(this, "DeadLetters", {
      naming: this.naming,
      owner: partner.id,
      alertsTopicArn: facts.alertsTopicArn,
      ruleArns: objectTriggers(partner).map(([name]) =>
        objectRuleArn(this.naming, partner.id, name),
      ),
    });
  }

  private createTrigger(
    code: FunctionPackage,
    jobs: ReadonlyMap<string, StepJob>,
    deadLetters: DeadLetterQueue,
  ): IngestFunction {
    const { partner, environment, facts } = this.resolved;
    const revisions = Object.fromEntries(
      [...jobs]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { definition }]) => [name, definition.revision]),
    );
    return new IngestFunction(this, "Trigger", {
      naming: this.naming,
      owner: partner.id,
      thing: "trigger",
      description: `Starts the orders of ${partner.id}`,
      code,
      // All else that the trigger knows is in its spec. The revisions alone are not known before apply.
      environment: { [ENV.jobDefinitionRevisions]: Fn.jsonencode(revisions) },
      grants: triggerGrants(this.resolved),
      boundaryArn: this.boundaryArn,
      timeoutSeconds: TRIGGER_TIMEOUT_SECONDS,
      logRetentionDays: environment.logRetentionDays,
      disposable: environment.disposable,
      deadLetters,
      alertsTopicArn: facts.alertsTopicArn,
    });
  }

  private createUnpack(code: FunctionPackage | undefined): void {
    const { resolved, boundaryArn } = this;
    const step = lambdaStep(resolved);
    if (step === undefined) return;
    if (code === undefined)
      throw new AssumptionError(`the unpack function of ${resolved.partner.id} was not packed`);
    new UnpackFunction(this, "Unpack", { resolved, step, code, boundaryArn });
  }

  private createSchedules(target: IngestFunction, deadLetters: DeadLetterQueue): void {
    const { partner } = this.resolved;
    const schedules = scheduleTriggers(partner).map(([trigger, { cron, timezone }]) => ({
      trigger,
      expression: cron,
      timezone,
    }));
    if (schedules.length === 0) return;
    new Schedules(this, "Schedules", {
      naming: this.naming,
      owner: partner.id,
      schedules,
      target,
      boundaryArn: this.boundaryArn,
      deadLetters,
    });
  }

  private createObjectRules(target: IngestFunction, deadLetters: DeadLetterQueue): void {
    const { partner } = this.resolved;
    for (const [trigger, { bucket, prefix, suffix }] of objectTriggers(partner))
      new ObjectRule(this, `Objects-${trigger}`, {
        naming: this.naming,
        owner: partner.id,
        trigger,
        filter: { bucket: bucketOf(this.resolved, bucket).name, prefix, suffix },
        target,
        deadLetters,
      });
  }
}
