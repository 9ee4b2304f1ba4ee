import { s3Object, type PartnerInput } from "../../../modules/config";
import { partnerSpec } from "../../../modules/partner-ingest";
import { testResolved } from "../../support/partner";
import { partnerTemplate } from "../../support/partner-template";

const unpacking = (unpack: object): Partial<PartnerInput> => ({
  triggers: { dropped: s3Object({ bucket: "landing", suffix: ".zip" }) },
  steps: { results: { kind: "unpack", prefix: "deliveries/", ...unpack } },
});
const asked = unpacking({ lambda: { upToMib: 10, memoryMib: 1024 } });
const template = partnerTemplate(asked);
const ARN = "arn:aws:lambda:eu-central-1:111122223333:function:acme--test--acme--unpack";

test("the function is the worker's unpacking, with the step's settings and every archive read first", () => {
  const { environment, ...lambda } = template.resource("aws_lambda_function", "unpack");
  expect(lambda).toMatchObject({
    function_name: "acme--test--acme--unpack",
    runtime: "nodejs22.x",
    filename: "unpack.zip",
    timeout: 300,
    memory_size: 1024,
    role: "arn:aws:iam::111122223333:role/acme/test/acme/acme--test--acme--unpack",
  });
  expect(lambda).not.toHaveProperty("dead_letter_config");
  const { variables } = environment as { variables: Record<string, string> };
  expect(variables).toMatchObject({ PARTNER_INGEST_PARTNER: "acme" });
  expect(JSON.parse(variables["PARTNER_INGEST_STEP_SETTINGS"] ?? "")).toMatchObject({
    kind: "unpack",
    prefix: "deliveries/",
    verifyFirst: true,
  });
});

test("its event is neither tried again nor kept: Batch goes on, which the alarm says", () => {
  expect(template.resource("aws_lambda_function_event_invoke_config", "unpack")).toMatchObject({
    maximum_retry_attempts: 0,
    maximum_event_age_in_seconds: 60,
  });
  expect(template.resource("aws_cloudwatch_metric_alarm", "unpack_errors")).toMatchObject({
    alarm_description:
      "acme--test--acme--unpack failed; Batch does the step then; read its log for what it lacked",
  });
});

test("what it adds to a partner's stack, and that it is left out where nobody asks for it", () => {
  const without = new Set(partnerTemplate(unpacking({})).addresses());
  expect(template.addresses().filter((address) => !without.has(address))).toEqual([
    "aws_cloudwatch_log_group.unpack",
    "aws_cloudwatch_metric_alarm.unpack_errors",
    "aws_iam_role.unpack",
    "aws_iam_role_policy.unpack",
    "aws_lambda_function.unpack",
    "aws_lambda_function_event_invoke_config.unpack",
  ]);
});

test("it may do what the job may do, and tell of its own steps, nothing else", () => {
  const rights = (role: string): string[] =>
    template
      .policy("aws_iam_role_policy", role)
      .Statement.map(({ Action, Resource, Condition }) =>
        JSON.stringify([Action, Resource, Condition]),
      );
  const job = new Set(rights("job_results"));
  const own = rights("unpack");
  expect([...job].filter((right) => !own.includes(right))).toEqual([]);
  const more = own
    .filter((right) => !job.has(right))
    .map((right) => (JSON.parse(right) as [unknown, string]).slice(0, 2));
  expect(more).toEqual([
    [
      "s3:PutObject",
      expect.stringMatching(
        /ledger--[0-9a-f]{8}\/acme\/runs\/\*\/steps\/results\/\*\/function\.\*\.json$/u,
      ),
    ],
    [
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      "arn:aws:logs:eu-central-1:111122223333:log-group:/acme/test/acme/unpack:*",
    ],
  ]);
});

test("the trigger alone is told of it, and may ask it", () => {
  const { chains } = partnerSpec(testResolved(asked));
  expect(chains.order[0]?.function).toEqual({ arn: ARN, upToBytes: 10 * 1024 ** 2 });
  expect(partnerSpec(testResolved(unpacking({}))).chains.order[0]).not.toHaveProperty("function");
  const policy = template.policy("aws_iam_role_policy", "trigger").Statement;
  expect(policy.find(({ Sid }) => Sid === "InvokeFunction")).toMatchObject({
    Action: "lambda:InvokeFunction",
    Resource: ARN,
  });
});
