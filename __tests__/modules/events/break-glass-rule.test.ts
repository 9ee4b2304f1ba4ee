import { matchesPattern } from "../../../local/try/event-pattern";
import { breakGlassRuleArn } from "../../../modules/events";
import { keptAlert } from "../../../modules/iam/people";
import { PlatformStack } from "../../../modules/platform";
import { namingOf } from "../../../modules/stack";
import { testEnvironment } from "../../support/environment";
import { Template } from "../../support/template";

const CODE = { name: "x", zip: Buffer.from("zip"), hash: "hash" };
const principals = ["arn:aws:iam::111122223333:user/night"];
const environment = testEnvironment({ people: { breakGlass: { principals } } });
const naming = namingOf(environment);

const of = (which = environment): Template =>
  Template.of((app) => {
    const stack = new PlatformStack(app, which);
    stack.addFunctions({ notify: CODE, reconcile: CODE, escalate: CODE });
    return stack;
  });

const template = of();
const roleArn = naming.roleArn("bootstrap", "break-glass");

/** What CloudTrail tells EventBridge, with what the pattern does not look at. */
const event = (changes: object = {}, source = "aws.sts"): object => ({
  version: "0",
  source,
  "detail-type": "AWS API Call via CloudTrail",
  region: "eu-central-1",
  detail: {
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRole",
    readOnly: true,
    managementEvent: true,
    userIdentity: { type: "IAMUser", arn: principals[0], accountId: "111122223333" },
    requestParameters: { roleArn, roleSessionName: "night" },
    ...changes,
  },
});

const rule = template.resource("aws_cloudwatch_event_rule", "break_glass");

test.each<[string, object, boolean]>([
  ["the role is taken on", event(), true],
  ["it is refused", event({ errorCode: "AccessDenied", responseElements: null }), true],
  [
    "its ARN is written in capitals",
    event({ requestParameters: { roleArn: roleArn.toUpperCase() } }),
    true,
  ],
  [
    "it is of another account's user",
    event({ userIdentity: { type: "AWSAccount", accountId: "9" } }),
    true,
  ],
  [
    "another role is taken on",
    event({ requestParameters: { roleArn: naming.roleArn("bootstrap", "on-call") } }),
    false,
  ],
  [
    "a role is whose name begins so",
    event({ requestParameters: { roleArn: `${roleArn}-2` } }),
    false,
  ],
  [
    "another environment's is",
    event({ requestParameters: { roleArn: roleArn.replaceAll("test", "prod") } }),
    false,
  ],
  ["its session calls something", event({ eventName: "GetCallerIdentity" }), false],
  ["there are no parameters", event({ requestParameters: null }), false],
  ["it is no event of STS", event({}, "aws.iam"), false],
])("%s", (_, told, matches) => {
  expect(matchesPattern(JSON.parse(String(rule["event_pattern"])), told)).toBe(matches);
});

test("the rule gets reads, which taking a role on is; what can not be told is kept", () => {
  expect(rule).toMatchObject({
    name: "acme--test--platform--break-glass",
    state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
  });
  expect(template.resource("aws_cloudwatch_event_target", "break_glass")).toMatchObject({
    rule: "${aws_cloudwatch_event_rule.break_glass.name}",
    arn: naming.topicArn("platform", "alerts"),
    dead_letter_config: { arn: naming.queueArn("platform", "dead-letters") },
    retry_policy: { maximum_event_age_in_seconds: 86400, maximum_retry_attempts: 185 },
    depends_on: ["aws_sns_topic_policy.alerts", "aws_sqs_queue.dead_letters"],
  });
});

test("topic, key and dead letters let the rule in", () => {
  const events = { Service: "events.amazonaws.com" };
  expect(template.policy("aws_sns_topic_policy", "alerts").Statement).toContainEqual({
    Sid: "Events",
    Effect: "Allow",
    Principal: events,
    Action: "sns:Publish",
    Resource: naming.topicArn("platform", "alerts"),
  });
  expect(template.policy("aws_kms_key", "alerts").Statement).toContainEqual({
    Sid: "Events",
    Effect: "Allow",
    Principal: events,
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: "*",
  });
  expect(template.policy("aws_sqs_queue_policy", "dead_letters").Statement).toContainEqual(
    expect.objectContaining({
      Principal: events,
      Condition: {
        ArnEquals: {
          "aws:SourceArn": [
            breakGlassRuleArn(naming),
            naming.arn("events", "rule/acme--test--platform--jobs"),
            naming.arn("events", "rule/acme--test--platform--step-facts"),
          ],
        },
      },
    }),
  );
});

test("what the role may not silence is this rule and its topic", () => {
  expect(keptAlert(naming)).toEqual([
    breakGlassRuleArn(naming),
    naming.topicArn("platform", "alerts"),
  ]);
});

test("there is no rule where there is no such role", () => {
  expect(Object.keys(of(testEnvironment()).resources("aws_cloudwatch_event_rule"))).toEqual([
    "jobs",
    "step_facts",
  ]);
});
