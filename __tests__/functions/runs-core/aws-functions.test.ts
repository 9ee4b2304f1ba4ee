import { LambdaClient } from "@aws-sdk/client-lambda";
import { awsFunctions } from "../../../functions/runs-core/aws-functions";
import {
  AwsDouble,
  batchError,
  type Interceptor,
  reset,
  silence,
} from "../trigger/support/aws-double";

const ARN = "arn:aws:lambda:eu-central-1:111122223333:function:pi--test--acme--unpack";
const EVENT = {
  schemaVersion: 1,
  partner: "acme",
  orderKey: "1-0123456789ab",
  attempt: 1,
  environment: { A: "1" },
} as const;

let double: AwsDouble;
let client: LambdaClient;

beforeEach(async () => {
  double = await new AwsDouble().start();
  client = new LambdaClient({
    endpoint: double.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await double.stop();
});

const accepted: Interceptor = (response) => {
  response.writeHead(202).end();
};

test("the function is asked without waiting for it", async () => {
  double.next.push(accepted);
  await expect(awsFunctions(client).ask(ARN, EVENT)).resolves.toEqual({ kind: "accepted" });
  const [request] = double.received;
  expect(request?.path).toBe(`/2015-03-31/functions/${ARN}/invocations`);
  expect(request?.headers["x-amz-invocation-type"]).toBe("Event");
  expect(JSON.parse(request?.body ?? "")).toEqual(EVENT);
});

test.each([
  ["throttling", 429, "TooManyRequestsException"],
  ["a missing right", 403, "AccessDeniedException"],
  ["a missing function", 404, "ResourceNotFoundException"],
])("%s is a no, and is not tried again", async (_what, status, code) => {
  double.next.push(batchError(status, code, "said the double"));
  await expect(awsFunctions(client).ask(ARN, EVENT)).resolves.toEqual({
    kind: "refused",
    reason: `Lambda did not take it: ${code}: said the double`,
  });
  expect(double.received).toHaveLength(1);
});

test.each([
  ["an error of the service", batchError(500, "ServiceException", "said the double")],
  ["a broken connection", reset],
])("after %s the function may be at work", async (_what, answer) => {
  double.next.push(answer);
  await expect(awsFunctions(client).ask(ARN, EVENT)).resolves.toMatchObject({ kind: "unknown" });
  expect(double.received).toHaveLength(1);
});

test("no answer is waited for longer than a call may take", async () => {
  double.next.push(silence);
  await expect(awsFunctions(client, 300).ask(ARN, EVENT)).resolves.toEqual({
    kind: "unknown",
    reason: "Lambda did not take it: no answer within 300 ms",
  });
});
