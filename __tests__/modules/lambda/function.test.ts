import { partnerTemplate } from "../../support/partner-template";

const template = partnerTemplate();

test("the function runs its zip with a role, a log, a dead-letter queue and a time limit of its own", () => {
  expect(template.resource("aws_lambda_function", "trigger")).toMatchObject({
    function_name: "acme--test--acme--trigger",
    runtime: "nodejs22.x",
    architectures: ["arm64"],
    handler: "index.handler",
    filename: "trigger.zip",
    source_code_hash: "hash",
    timeout: 60,
    memory_size: 512,
    role: "arn:aws:iam::111122223333:role/acme/test/acme/acme--test--acme--trigger",
    dead_letter_config: {
      target_arn: "arn:aws:sqs:eu-central-1:111122223333:acme--test--acme--dead-letters",
    },
    logging_config: { log_format: "Text", log_group: "/acme/test/acme/trigger" },
    depends_on: [
      "aws_cloudwatch_log_group.trigger",
      "aws_sqs_queue.dead_letters",
      "aws_iam_role.trigger",
      "aws_iam_role_policy.trigger",
    ],
  });
  expect(template.resource("aws_lambda_function", "trigger")).not.toHaveProperty("tracing_config");
});

test("an event is tried three times", () => {
  expect(template.only("aws_lambda_function_event_invoke_config")).toMatchObject({
    maximum_retry_attempts: 2,
    maximum_event_age_in_seconds: 21600,
  });
});

test("errors and dead letters reach the alerts topic", () => {
  const topic = "arn:aws:sns:eu-central-1:111122223333:acme--test--platform--alerts";
  const common = {
    alarm_actions: [topic],
    threshold: 1,
    comparison_operator: "GreaterThanOrEqualToThreshold",
    treat_missing_data: "notBreaching",
  };
  expect(template.resource("aws_cloudwatch_metric_alarm", "trigger_errors")).toMatchObject({
    ...common,
    namespace: "AWS/Lambda",
    metric_name: "Errors",
    statistic: "Sum",
    dimensions: { FunctionName: "acme--test--acme--trigger" },
  });
  expect(template.resource("aws_cloudwatch_metric_alarm", "dead_letters")).toMatchObject({
    ...common,
    namespace: "AWS/SQS",
    metric_name: "ApproximateNumberOfMessagesVisible",
    statistic: "Maximum",
    dimensions: { QueueName: "acme--test--acme--dead-letters" },
  });
});

test("the log is there before the function, for as long as the environment says, and is kept", () => {
  expect(template.resource("aws_cloudwatch_log_group", "trigger")).toMatchObject({
    name: "/acme/test/acme/trigger",
    retention_in_days: 90,
    lifecycle: { prevent_destroy: true },
  });
});

test("dead letters are encrypted, kept for two weeks, and taken over TLS only", () => {
  expect(template.only("aws_sqs_queue")).toMatchObject({
    name: "acme--test--acme--dead-letters",
    sqs_managed_sse_enabled: true,
    message_retention_seconds: 1209600,
  });
  expect(template.policy("aws_sqs_queue_policy", "dead_letters").Statement).toEqual([
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: "arn:aws:sqs:eu-central-1:111122223333:acme--test--acme--dead-letters",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
});
