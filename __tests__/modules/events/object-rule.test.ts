import { s3Object } from "../../../modules/config";
import { objectCreatedPattern } from "../../../modules/events";
import { partnerTemplate } from "../../support/partner-template";

const pattern = (prefix: string, suffix: string): unknown =>
  (JSON.parse(objectCreatedPattern({ bucket: "b", prefix, suffix })) as { detail: unknown }).detail;

describe("the pattern of objects", () => {
  it.each([
    ["orders/", ".order", "orders/*.order"],
    ["orders/", "", "orders/*"],
    ["", ".zip", "*.zip"],
    ["a*b\\c", "?", "a\\*b\\\\c*?"],
  ])("with prefix %j and suffix %j is one wildcard", (prefix, suffix, wildcard) => {
    expect(pattern(prefix, suffix)).toEqual({
      bucket: { name: ["b"] },
      object: { key: [{ wildcard }] },
    });
  });

  it("without prefix and suffix is the bucket alone", () => {
    expect(pattern("", "")).toEqual({ bucket: { name: ["b"] } });
  });
});

describe("a trigger on objects", () => {
  const trigger = s3Object({ bucket: "landing", prefix: "${orders}/", suffix: ".order" });
  const template = partnerTemplate({ triggers: { dropped: trigger } });
  const rule = "arn:aws:events:eu-central-1:111122223333:rule/acme--test--acme--dropped";

  it("is a rule that may invoke the trigger, it alone", () => {
    expect(template.only("aws_lambda_permission")).toMatchObject({
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      source_arn: rule,
      statement_id: "Rule-dropped",
    });
    expect(template.only("aws_cloudwatch_event_target")).toMatchObject({
      arn: "arn:aws:lambda:eu-central-1:111122223333:function:acme--test--acme--trigger",
      dead_letter_config: {
        arn: "arn:aws:sqs:eu-central-1:111122223333:acme--test--acme--dead-letters",
      },
      depends_on: ["aws_lambda_permission.objects_dropped", "aws_sqs_queue.dead_letters"],
    });
    const [allow] = template.policy("aws_sqs_queue_policy", "dead_letters").Statement;
    expect(allow).toMatchObject({
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Condition: { ArnEquals: { "aws:SourceArn": rule } },
    });
  });

  it("has its bucket send events, and its text is no expression of Terraform", () => {
    expect(template.only("aws_s3_bucket_notification")).toMatchObject({ eventbridge: true });
    expect(template.only("aws_cloudwatch_event_rule")["event_pattern"]).toContain(
      "$${orders}/*.order",
    );
  });

  it("leaves a bucket that exists alone", () => {
    const existing = partnerTemplate({
      triggers: { dropped: trigger },
      buckets: { landing: { kind: "existing", name: "their-drop-box" } },
    });
    expect(existing.addresses().filter((address) => address.includes("landing"))).toEqual([]);
    expect(existing.only("aws_cloudwatch_event_rule")["event_pattern"]).toContain(
      '"name":["their-drop-box"]',
    );
  });
});
