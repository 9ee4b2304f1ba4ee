import { toldKey } from "../../../functions/notify/announce";
import { awsPorts } from "../../../functions/notify/aws";
import { handle, type BatchAnswer } from "../../../functions/notify/handler";
import { specKey, type Announcement } from "../../../modules/contract";
import { AwsEndpoint, endpointEnvironment, type AwsCall } from "./support/aws-endpoint";
import { DIGEST, FAILED } from "./support/world";

const ALERTS = "arn:aws:sns:eu-central-1:111122223333:alerts";
/** Long for an answer of this machine, and short for a test that waits for it. */
const SHORT_MS = 400;
const PATIENT_MS = 60_000;
const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:pi/local/acme/hook-Ab3dE9";
const PARAMETER = "arn:aws:ssm:eu-central-1:111122223333:parameter/pi/local/acme/hook";

const before = { ...process.env };
let endpoint: AwsEndpoint;
let ports: ReturnType<typeof awsPorts>;

beforeEach(async () => {
  endpoint = await new AwsEndpoint().start();
  Object.assign(process.env, endpointEnvironment(endpoint.url));
  ports = portsOf(PATIENT_MS);
});
afterEach(async () => {
  process.env = { ...before };
  await endpoint.stop();
});

type Ports = ReturnType<typeof awsPorts>;

const portsOf = (timeoutMs: number): Ports =>
  awsPorts(
    {
      region: "eu-central-1",
      ledgerBucket: "ledger",
      queueUrl: `${endpoint.url}/111122223333/announcements`,
      alertsTopicArn: ALERTS,
    },
    timeoutMs,
  );

/** Every call of AWS that the function makes. */
const CALLS: readonly (readonly [operation: string, call: (ports: Ports) => Promise<unknown>])[] = [
  ["GetSecretValue", (to) => to.readSecret(SECRET)],
  ["GetParameters", (to) => to.readSecret(PARAMETER)],
  ["Publish", (to) => to.publish("arn:aws:sns:eu-central-1:111122223333:t", "subject", "text")],
  ["Invoke", (to) => to.invoke("arn:aws:lambda:eu-central-1:111122223333:function:f", "{}")],
  ["ChangeMessageVisibility", (to) => to.delay("receipt", 30)],
  ["ListObjectsV2", (to) => to.ledger.find("acme/spec/1.json")],
  ["PutObject", (to) => to.ledger.create("acme/told/1.json", "{}")],
];

/** Makes all of the calls at the same time; tells for each how it ended, and how often it was made. */
async function allCalls(to: Ports): Promise<Record<string, unknown>> {
  const ends = await Promise.all(
    CALLS.map(async ([operation, call]) => {
      const end = await call(to).then(
        () => "done",
        (error: unknown) => (error as Error).name,
      );
      return [operation, { end, calls: endpoint.bodies(operation).length }] as const;
    }),
  );
  return Object.fromEntries(ends);
}

const each = (end: string, calls: number): Record<string, unknown> =>
  Object.fromEntries(CALLS.map(([operation]) => [operation, { end, calls }]));

test("each call is made again after throttling and an error of AWS", async () => {
  endpoint.refuse = ({ turn }) =>
    [
      { status: 400, code: "ThrottlingException" },
      { status: 500, code: "InternalError" },
    ][turn - 1];
  expect(await allCalls(ports)).toEqual(each("done", 3));
});

test("each call is given up where AWS fails each time", async () => {
  endpoint.refuse = () => ({ status: 503, code: "ServiceUnavailable" });
  expect(await allCalls(ports)).toEqual(each("ServiceUnavailable", 3));
});

test("each call is broken off where AWS is silent", async () => {
  endpoint.refuse = () => "silence";
  const ends = Object.values(await allCalls(portsOf(SHORT_MS)));
  expect(ends).toHaveLength(CALLS.length);
  for (const end of ends) expect(end).toMatchObject({ end: "NoAnswerError" });
});

test("no call is made again where the role may not", async () => {
  endpoint.refuse = () => ({ status: 403, code: "AccessDenied" });
  expect(await allCalls(ports)).toEqual(each("AccessDenied", 1));
});

test("a secret is read where its ARN says, decrypted", async () => {
  expect(await ports.readSecret(SECRET)).toBe("of secrets manager");
  expect(await ports.readSecret(PARAMETER)).toBe("of ssm");
  expect(endpoint.calls.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { SecretId: SECRET },
    { Names: [PARAMETER], WithDecryption: true },
  ]);
});

test("a fact that is there already is no fault", async () => {
  await ports.ledger.create("k", "1");
  await ports.ledger.create("k", "2");
  expect(await ports.ledger.find("k")).toBe("1");
});

/** Announcements of partners whose topic is named as they are. */
const announcementOf = (partner: string): Announcement => ({
  ...FAILED,
  id: `${partner}.failed`,
  partner,
});

const topicOf = (partner: string): string => `arn:aws:sns:eu-central-1:111122223333:${partner}`;

/** Hands a batch of messages over, as SQS does. */
async function deliver(
  to: Ports,
  partners: readonly string[],
): Promise<{ answer: BatchAnswer; log: object[] }> {
  for (const partner of partners)
    endpoint.objects.set(
      specKey(partner, DIGEST),
      JSON.stringify({
        notifications: { channels: { team: { kind: "sns", topicArn: topicOf(partner) } } },
      }),
    );
  const log: object[] = [];
  const answer = await handle(
    {
      ...to,
      now: Date.now,
      post: () => Promise.reject(new Error("nothing is posted here")),
      log: (level, event, fields) => log.push({ level, event, ...fields }),
    },
    ALERTS,
    {
      Records: partners.map((partner) => ({
        messageId: partner,
        receiptHandle: `receipt of ${partner}`,
        body: JSON.stringify(announcementOf(partner)),
        attributes: { ApproximateReceiveCount: "2" },
      })),
    },
  );
  return { answer, log };
}

const isTo = ({ operation, body }: AwsCall, partner: string): boolean =>
  operation === "Publish" && new URLSearchParams(body).get("TopicArn") === topicOf(partner);

const hidden = (): unknown[] =>
  endpoint
    .bodies("ChangeMessageVisibility")
    .map((body) => JSON.parse(body) as Record<string, unknown>)
    .map(({ ReceiptHandle, VisibilityTimeout }) => [ReceiptHandle, VisibilityTimeout])
    .sort();

const told = (partner: string): boolean =>
  endpoint.objects.has(toldKey(announcementOf(partner), "team"));

test("of a batch those alone stay in the queue that could not be told, and are hidden longer", async () => {
  endpoint.refuse = (call) => {
    if (isTo(call, "throttled")) return { status: 400, code: "Throttling" };
    if (isTo(call, "failing")) return { status: 500, code: "InternalFailure" };
    if (isTo(call, "once"))
      return call.turn === 1 ? { status: 500, code: "InternalFailure" } : undefined;
    return undefined;
  };
  const { answer } = await deliver(ports, ["throttled", "fine", "failing", "once"]);
  expect(answer).toEqual({
    batchItemFailures: [{ itemIdentifier: "throttled" }, { itemIdentifier: "failing" }],
  });
  expect(hidden()).toEqual([
    ["receipt of failing", 60],
    ["receipt of throttled", 60],
  ]);
  expect(["throttled", "fine", "failing", "once"].map(told)).toEqual([false, true, false, true]);
});

test("a service that is silent for one message does not take the others of its batch down", async () => {
  endpoint.refuse = (call) => (isTo(call, "silent") ? "silence" : undefined);
  // Ample for a machine under load; the silent call alone waits so long.
  const { answer, log } = await deliver(portsOf(3_000), ["silent", "fine"]);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "silent" }] });
  expect(told("fine")).toBe(true);
  expect(log).toContainEqual(
    expect.objectContaining({
      event: "not told",
      failed: [{ channel: "team", reason: "the call failed: NoAnswerError" }],
    }),
  );
});

test("a message that comes again is told to nobody twice", async () => {
  await deliver(ports, ["fine"]);
  const { answer } = await deliver(ports, ["fine"]);
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(endpoint.bodies("Publish")).toHaveLength(1);
});

test("where the ledger or the queue fails too, every message stays in the queue", async () => {
  endpoint.refuse = ({ operation }) =>
    operation === "ListObjectsV2" || operation === "ChangeMessageVisibility"
      ? { status: 403, code: "AccessDenied" }
      : undefined;
  const { answer, log } = await deliver(ports, ["a", "b"]);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "b" }] });
  expect(log).toContainEqual(
    expect.objectContaining({ reason: "the ledger could not be used: AccessDenied" }),
  );
  expect(log).toContainEqual(
    expect.objectContaining({ event: "not hidden", reason: "AccessDenied" }),
  );
});
