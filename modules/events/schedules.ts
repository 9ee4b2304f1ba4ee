import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import { Construct } from "constructs";
import type { ScheduleEvent } from "../contract";
import { type Naming, snakeCase, withLogicalId } from "../core";
import { WorkloadRole } from "../iam";
import { type IngestFunction, invokeFunction } from "../lambda";
import type { DeadLetterQueue } from "../sqs";

/** One schedule: the trigger's name, when it is due, and in which time zone. */
export interface ScheduleSettings {
  readonly trigger: string;
  /** `cron(...)` or `rate(...)`. */
  readonly expression: string;
  readonly timezone: string;
}

/** Props of {@link Schedules}. */
export interface SchedulesProps {
  readonly naming: Naming;
  readonly owner: string;
  readonly schedules: readonly ScheduleSettings[];
  readonly target: IngestFunction;
  readonly boundaryArn: string;
  readonly deadLetters: DeadLetterQueue;
}

/** Scheduler puts the time that the schedule was due in the place of this text. */
const SCHEDULED_TIME = "<aws.scheduler.scheduled-time>";

/** Handing over is tried for an hour; a later one would meet the next run of an hourly schedule. */
const MAX_EVENT_AGE_SECONDS = 3600;
const MAX_RETRIES = 20;

/**
 * The schedules of an owner in a group of their own, which is what the role's trust can name.
 * Creates `aws_scheduler_schedule_group`, an `aws_scheduler_schedule` each, and the role that invokes the function.
 */
export class Schedules extends Construct {
  readonly role: WorkloadRole;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    const { naming, owner, target, deadLetters } = props;
    const groupName = naming.name("scheduleGroup", owner, "schedules");
    const group = withLogicalId(
      new SchedulerScheduleGroup(this, "Group", { name: groupName }),
      "schedules",
    );
    this.role = new WorkloadRole(this, "Role", {
      naming,
      owner,
      thing: "scheduler",
      trust: {
        service: "scheduler",
        scheduleGroupArn: naming.arn("scheduler", `schedule-group/${groupName}`),
      },
      grants: [
        invokeFunction(target.arn, "start the orders that are due", "triggers"),
        deadLetters.grantSend("triggers"),
      ],
      boundaryArn: props.boundaryArn,
      description: `Invokes the trigger of ${owner} by the clock`,
      logicalId: "scheduler",
    });
    for (const { trigger, expression, timezone } of props.schedules) {
      const input: ScheduleEvent = { kind: "schedule", trigger, scheduledTime: SCHEDULED_TIME };
      withLogicalId(
        new SchedulerSchedule(this, `Schedule-${trigger}`, {
          name: naming.name("schedule", owner, trigger),
          groupName,
          scheduleExpression: expression,
          scheduleExpressionTimezone: timezone,
          flexibleTimeWindow: { mode: "OFF" },
          target: {
            arn: target.arn,
            roleArn: this.role.arn,
            input: JSON.stringify(input),
            deadLetterConfig: { arn: deadLetters.arn },
            retryPolicy: {
              maximumEventAgeInSeconds: MAX_EVENT_AGE_SECONDS,
              maximumRetryAttempts: MAX_RETRIES,
            },
          },
          dependsOn: [
            group,
            this.role.role,
            ...this.role.policies,
            target.lambda,
            deadLetters.queue,
          ],
        }),
        `schedule_${snakeCase(trigger)}`,
      );
    }
  }
}
