import { boundaryPolicy } from "../../../../modules/bootstrap";
import { ANNOUNCEMENT_MAX_RECEIVES, TRIGGER_TIMEOUT_SECONDS } from "../../../../modules/contract";
import { shareIdentifier } from "../../../../modules/core";
import { POLICY_LIMITS, type PolicyDocument } from "../../../../modules/iam";
import { bundleFunction } from "../../../../modules/lambda";
import { PlatformStack } from "../../../../modules/platform";
import { namingOf } from "../../../../modules/stack";
import { testEnvironment } from "../../../support/environment";
import { Template } from "../../../support/template";

const CODE = { name: "notify", zip: Buffer.from("zip"), hash: "hash" };
const environment = testEnvironment();
const naming = namingOf(environment);

const template = Template.of((app) => {
  const stack = new PlatformStack(app, environment);
  stack.addFunctions({ notify: CODE, reconcile: CODE, escalate: CODE });
  return stack;
});

const statements = (role = "notify"): PolicyDocument["Statement"] =>
  template.policy("aws_iam_role_policy", role).Statement;

test("adds the three functions with what starts them, the queue and its dead letters, a dashboard and queries", () => {
  const without = Template.of((app) => new PlatformStack(app, environment)).addresses();
  expect(template.addresses().filter((address) => !without.includes(address))).toEqual([
    "aws_cloudwatch_dashboard.orders",
    "aws_cloudwatch_event_rule.jobs",
    "aws_cloudwatch_event_rule.step_facts",
    "aws_cloudwatch_event_target.jobs",
    "aws_cloudwatch_event_target.step_facts",
    "aws_cloudwatch_log_group.escalate",
    "aws_cloudwatch_log_group.notify",
    "aws_cloudwatch_log_group.reconcile",
    "aws_cloudwatch_metric_alarm.dead_letters",
    "aws_cloudwatch_metric_alarm.escalate_errors",
    "aws_cloudwatch_metric_alarm.notify_errors",
    "aws_cloudwatch_metric_alarm.reconcile_errors",
    "aws_cloudwatch_metric_alarm.reconcile_faults",
    "aws_cloudwatch_metric_alarm.reconcile_silent",
    "aws_cloudwatch_query_definition.failures_by_partner",
    "aws_cloudwatch_query_definition.not_told",
    "aws_cloudwatch_query_definition.one_order",
    "aws_cloudwatch_query_definition.what_failed",
    "aws_iam_role.escalate",
    "aws_iam_role.notify",
    "aws_iam_role.reconcile",
    "aws_iam_role.scheduler",
    "aws_iam_role_policy.escalate",
    "aws_iam_role_policy.notify",
    "aws_iam_role_policy.reconcile",
    "aws_iam_role_policy.scheduler",
    "aws_lambda_event_source_mapping.announcements",
    "aws_lambda_function.escalate",
    "aws_lambda_function.notify",
    "aws_lambda_function.reconcile",
    "aws_lambda_function_event_invoke_config.escalate",
    "aws_lambda_function_event_invoke_config.notify",
    "aws_lambda_function_event_invoke_config.reconcile",
    "aws_lambda_permission.jobs",
    "aws_lambda_permission.step_facts",
    "aws_scheduler_schedule.schedule_reconcile",
    "aws_scheduler_schedule_group.schedules",
    "aws_sqs_queue.announcements",
    "aws_sqs_queue.dead_letters",
    "aws_sqs_queue_policy.announcements",
    "aws_sqs_queue_policy.dead_letters",
  ]);
});

test("a message that can not be told goes to the dead letters after the last try", () => {
  const queue = template.resource("aws_sqs_queue", "announcements");
  expect(JSON.parse(String(queue["redrive_policy"]))).toEqual({
    deadLetterTargetArn: naming.queueArn("platform", "dead-letters"),
    maxReceiveCount: ANNOUNCEMENT_MAX_RECEIVES,
  });
  expect(queue["visibility_timeout_seconds"]).toBe(360);
  expect(template.resource("aws_lambda_event_source_mapping", "announcements")).toMatchObject({
    event_source_arn: naming.queueArn("platform", "announcements"),
    function_response_types: ["ReportBatchItemFailures"],
    scaling_config: { maximum_concurrency: 4 },
  });
});

test("the function reaches what is named as a partner's own for it, and nothing else", () => {
  const resources = (action: string): unknown =>
    statements()
      .filter((statement) => [statement.Action].flat().includes(action))
      .flatMap((statement) => statement.Resource);
  expect(resources("secretsmanager:GetSecretValue")).toEqual([
    naming.arn("secretsmanager", `secret:${naming.pathName("*", "notify/*")}`),
  ]);
  expect(resources("lambda:InvokeFunction")).toEqual([naming.functionArn("*", "notify-*")]);
  expect(resources("sns:Publish")).toEqual([
    naming.topicArn("*", "notify-*"),
    naming.topicArn("platform", "alerts"),
  ]);
});

test("its code is one file that names no path of the machine", () => {
  const code = bundleFunction("notify").toString();
  expect(code).not.toContain(process.cwd());
  expect(code).toContain("x-partner-ingest-signature");
});

test.each(["escalate", "notify", "reconcile", "scheduler"])(
  "the boundary lets every action of %s through",
  (role) => {
    const allowed = new Set(
      boundaryPolicy(naming).Statement.flatMap((statement) => statement.Action),
    );
    expect(
      statements(role)
        .flatMap((statement) => statement.Action)
        .filter((action) => !allowed.has(action)),
    ).toEqual([]);
  },
);

test("the boundary fits into a managed policy", () => {
  expect(JSON.stringify(boundaryPolicy(naming)).length).toBeLessThanOrEqual(POLICY_LIMITS.managed);
});

test("reconcile is due every five minutes", () => {
  const schedule = template.resource("aws_scheduler_schedule", "schedule_reconcile");
  expect(schedule["schedule_expression"]).toBe("rate(5 minutes)");
  expect(schedule["target"]).toMatchObject({ arn: naming.functionArn("platform", "reconcile") });
});

test("somebody is told when reconcile rests for three passes", () => {
  expect(template.resource("aws_cloudwatch_metric_alarm", "reconcile_silent")).toMatchObject({
    alarm_description: `${naming.name("function", "platform", "reconcile")} did not run for 15 minutes, so that interrupted runs and missing orders go unnoticed: look whether its schedule is enabled and its role may invoke it`,
    metric_name: "Invocations",
    period: 300,
    evaluation_periods: 3,
    comparison_operator: "LessThanThreshold",
    threshold: 1,
    treat_missing_data: "breaching",
    alarm_actions: [naming.topicArn("platform", "alerts")],
  });
});

test("somebody is told when passes leave out something again and again", () => {
  expect(template.resource("aws_cloudwatch_metric_alarm", "reconcile_faults")).toMatchObject({
    alarm_description: `${naming.name("function", "platform", "reconcile")} could not look after some run or partner in three of four passes: its log names each as "not reconciled", with the reason`,
    namespace: "PartnerIngest/Platform",
    metric_name: "ReconcileFaults",
    statistic: "Maximum",
    period: 300,
    evaluation_periods: 4,
    datapoints_to_alarm: 3,
    comparison_operator: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    treat_missing_data: "notBreaching",
  });
});

test.each(["reconcile", "escalate"])(
  "%s runs no longer than the lease of a step allows",
  (thing) => {
    expect(template.resource("aws_lambda_function", thing)["timeout"]).toBe(
      TRIGGER_TIMEOUT_SECONDS,
    );
  },
);

test("escalate hears of every job on the platform's queues, and keeps what it could not take", () => {
  const rule = template.resource("aws_cloudwatch_event_rule", "jobs");
  expect(JSON.parse(String(rule["event_pattern"]))).toEqual({
    source: ["aws.batch"],
    "detail-type": ["Batch Job State Change", "Batch Job Queue Blocked"],
    detail: { jobQueue: [{ prefix: naming.jobQueueArn("platform", "") }] },
  });
  expect(template.resource("aws_cloudwatch_event_target", "jobs")).toMatchObject({
    dead_letter_config: { arn: naming.queueArn("platform", "dead-letters") },
  });
});

test.each(["reconcile", "escalate"])("%s submits to this environment's queues alone", (role) => {
  const submit = statements(role).find((statement) => statement.Sid === "SubmitJobs");
  expect(submit?.Resource).toEqual([
    naming.jobDefinitionArn("*", "*"),
    naming.jobQueueArn("platform", "*"),
    naming.arn("batch", "job/*"),
  ]);
  expect(submit?.Condition).toEqual({
    StringLike: { "batch:ShareIdentifier": "p????????????????" },
  });
  expect(shareIdentifier("acme")).toMatch(/^p.{16}$/u);
  const { environment: variables } = template.resource("aws_lambda_function", role);
  expect(variables).toMatchObject({
    variables: {
      PARTNER_INGEST_ENVIRONMENT: naming.scope.environment,
      PARTNER_INGEST_LEDGER_BUCKET: naming.bucket("platform", "ledger"),
    },
  });
});

test("the dashboard finds everything of the environment, whichever partners there are", () => {
  const { dashboard_body: body, dashboard_name: name } = template.resource(
    "aws_cloudwatch_dashboard",
    "orders",
  );
  expect(name).toBe(naming.name("dashboard", "platform", "orders"));
  const { widgets } = JSON.parse(String(body)) as {
    widgets: { x: number; y: number; properties: { title: string; metrics: unknown[][] } }[];
  };
  // Two side by side, none over another.
  expect(widgets.map(({ x, y }) => [x, y])).toEqual(
    widgets.map((_, index) => [(index % 2) * 12, Math.floor(index / 2) * 6]),
  );
  expect(widgets).toHaveLength(14);
  expect(widgets[5]?.properties).toMatchObject({
    title: "Bytes moved, by partner and step",
    metrics: [
      [
        {
          expression: `SEARCH('{PartnerIngest/Worker,environment,partner,step} MetricName="Bytes" environment="${naming.scope.environment}"', 'Sum', 300)`,
        },
      ],
    ],
  });
  const { prefix, environment: id, region } = naming.scope;
  expect(widgets[0]?.properties.metrics).toEqual([
    [
      {
        expression: `SEARCH('{AWS/Lambda,FunctionName} MetricName="Errors" ${[prefix, ...id.split("-")].join(" ")}', 'Sum', 300)`,
        region,
      },
    ],
  ]);
});

test("saved queries lie below the environment", () => {
  const query = template.resource("aws_cloudwatch_query_definition", "one_order");
  expect(query["name"]).toBe(`${naming.scope.prefix}/${naming.scope.environment}/one-order`);
  expect(query["query_string"]).toContain("filter orderId =");
});
