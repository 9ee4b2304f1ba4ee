import { AlertsTopic } from "../../../modules/sns";
import { naming, templateOf } from "../../support/platform-scope";
import type { Template } from "../../support/template";

const ARN = "arn:aws:sns:eu-central-1:111122223333:acme--test--platform--alerts";

const of = (...emails: string[]): Template =>
  templateOf((scope) => {
    const { arn } = new AlertsTopic(scope, "Alerts", { naming, kmsKeyArn: "arn:key", emails });
    expect(arn).toBe(ARN);
  });

test("the topic is encrypted, and nobody hears of it by default", () => {
  const template = of();
  expect(template.addresses()).toEqual(["aws_sns_topic.alerts", "aws_sns_topic_policy.alerts"]);
  expect(template.only("aws_sns_topic")).toMatchObject({
    name: "acme--test--platform--alerts",
    kms_master_key_id: "arn:key",
  });
});

test("alarms publish for this account; event rules carry no account that could be compared", () => {
  const publish = { Action: "sns:Publish", Resource: ARN };
  expect(of().policy("aws_sns_topic_policy", "alerts").Statement).toEqual([
    {
      ...publish,
      Sid: "Alarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
    },
    { ...publish, Sid: "Events", Effect: "Allow", Principal: { Service: "events.amazonaws.com" } },
    {
      ...publish,
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
});

test("each address is subscribed once, under an id of its own", () => {
  const [dot, hyphen] = ["on.call@acme.example", "on-call@acme.example"];
  const subscriptions = Object.entries(
    of(dot, hyphen, dot).resources("aws_sns_topic_subscription"),
  );
  expect(subscriptions.map(([, { endpoint }]) => endpoint).sort()).toEqual([hyphen, dot]);
  for (const [id, { protocol, topic_arn: topic }] of subscriptions) {
    expect(id).toMatch(/^email_on_call_acme_example_[0-9a-f]{6}$/u);
    expect({ protocol, topic }).toEqual({
      protocol: "email",
      topic: "${aws_sns_topic.alerts.arn}",
    });
  }
});
