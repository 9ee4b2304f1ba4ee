import { schedule } from "../../../modules/config";
import { partnerTemplate } from "../../support/partner-template";

const template = partnerTemplate({
  triggers: {
    daily: schedule({ cron: "cron(0 6 * * ? *)", timezone: "Asia/Seoul", starts: "order" }),
    atNight: schedule({ cron: "rate(12 hours)", timezone: "UTC", starts: "order" }),
  },
});

test("a schedule hands its own name and the time it was due to the trigger", () => {
  const daily = template.resource("aws_scheduler_schedule", "schedule_daily");
  expect(daily).toMatchObject({
    name: "acme--test--acme--daily",
    group_name: "acme--test--acme--schedules",
    schedule_expression: "cron(0 6 * * ? *)",
    schedule_expression_timezone: "Asia/Seoul",
    flexible_time_window: { mode: "OFF" },
    target: {
      arn: "arn:aws:lambda:eu-central-1:111122223333:function:acme--test--acme--trigger",
      role_arn: "arn:aws:iam::111122223333:role/acme/test/acme/acme--test--acme--scheduler",
      dead_letter_config: {
        arn: "arn:aws:sqs:eu-central-1:111122223333:acme--test--acme--dead-letters",
      },
      retry_policy: { maximum_event_age_in_seconds: 3600, maximum_retry_attempts: 20 },
    },
  });
  expect(JSON.parse((daily["target"] as { input: string }).input)).toEqual({
    kind: "schedule",
    trigger: "daily",
    scheduledTime: "<aws.scheduler.scheduled-time>",
  });
});

test("every schedule of a partner is in its group, and the role trusts the group alone", () => {
  expect(Object.keys(template.resources("aws_scheduler_schedule"))).toEqual([
    "schedule_at_night",
    "schedule_daily",
  ]);
  const trust = template.policy("aws_iam_role", "scheduler", "assume_role_policy");
  expect(trust.Statement[0]?.Condition).toEqual({
    StringEquals: {
      "aws:SourceAccount": "111122223333",
      "aws:SourceArn":
        "arn:aws:scheduler:eu-central-1:111122223333:schedule-group/acme--test--acme--schedules",
    },
  });
});

test("the scheduler's role may invoke the trigger and keep what it could not hand over", () => {
  expect(template.policy("aws_iam_role_policy", "scheduler").Statement).toEqual([
    {
      Sid: "InvokeFunction",
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: "arn:aws:lambda:eu-central-1:111122223333:function:acme--test--acme--trigger",
    },
    {
      Sid: "SendDeadLetters",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: "arn:aws:sqs:eu-central-1:111122223333:acme--test--acme--dead-letters",
    },
  ]);
});

test("a partner without a schedule has nothing of it", () => {
  expect(partnerTemplate().addresses().join()).not.toContain("schedule");
});
