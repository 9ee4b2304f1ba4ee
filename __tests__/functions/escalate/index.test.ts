import { handler } from "../../../functions/escalate";
import {
  claimKey,
  ENV,
  FUNCTION_JOB_ID,
  jobName,
  jobStatusKey,
  type ClaimRecord,
} from "../../../modules/contract";
import { AwsEndpoint, endpointEnvironment } from "../notify/support/aws-endpoint";

// EventBridge hands each event over alone: what fails is thrown, so that Lambda repeats it and keeps it in the end.

const REF = {
  partner: "acme",
  orderKey: "1-0123456789ab",
  attempt: 1,
  step: "fetch",
  generation: 1,
};
const CLAIM: ClaimRecord = {
  schemaVersion: 1,
  partner: REF.partner,
  orderKey: REF.orderKey,
  attempt: 1,
  orderId: "1",
  chain: "order",
  source: { kind: "manual", orderId: "1" },
  trigger: "by-hand",
  specDigest: "a".repeat(64),
  jobDefinitionRevisions: { fetch: 1 },
  nonce: "n",
  claimedAt: "2026-03-01T00:00:00.000Z",
};
const EVENT = {
  source: "aws.batch",
  "detail-type": "Batch Job State Change",
  time: "2026-03-01T00:01:00Z",
  detail: { jobName: jobName(REF), jobId: "job-1", status: "RUNNING" },
};
const CONTEXT = { awsRequestId: "r", getRemainingTimeInMillis: () => 60_000 };

const before = { ...process.env };
let endpoint: AwsEndpoint;

beforeAll(async () => {
  endpoint = await new AwsEndpoint().start();
  Object.assign(process.env, endpointEnvironment(endpoint.url), {
    [ENV.ledgerBucket]: "ledger",
    [ENV.announcementsQueueUrl]: `${endpoint.url}/111122223333/announcements`,
    [ENV.environment]: "test",
  });
});
beforeEach(() => {
  endpoint.objects.clear();
  endpoint.calls.length = 0;
  endpoint.objects.set(claimKey(CLAIM), JSON.stringify(CLAIM));
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  process.env = { ...before };
  await endpoint.stop();
});

const recorded = (): boolean => endpoint.objects.has(jobStatusKey(REF, "job-1", "RUNNING"));

test("throttled and failing services are asked again within the invocation", async () => {
  endpoint.refuse = ({ operation, turn }) => {
    if (turn > 2) return undefined;
    return operation === "SendMessage"
      ? { status: 400, code: "ThrottlingException" }
      : { status: turn === 1 ? 503 : 500, code: turn === 1 ? "SlowDown" : "InternalError" };
  };
  await expect(handler(EVENT, CONTEXT)).resolves.toEqual({ outcome: "recorded" });
  expect(recorded()).toBe(true);
  const sent = endpoint.bodies("SendMessage").map((body) => JSON.parse(body) as object);
  expect(sent).toHaveLength(3);
  expect(sent[0]).toMatchObject({
    MessageBody: expect.stringContaining('"id":"1-0123456789ab.1.started"') as string,
  });
});

test("an event whose announcement nobody takes is thrown, and ends well when it comes again", async () => {
  endpoint.refuse = ({ operation }) =>
    operation === "SendMessage" ? { status: 500, code: "InternalError" } : undefined;
  await expect(handler(EVENT, CONTEXT)).rejects.toThrow(
    'could not hand over announcement "1-0123456789ab.1.started": InternalError: said the endpoint; it is handed over again',
  );
  endpoint.refuse = () => undefined;
  await expect(handler(EVENT, CONTEXT)).resolves.toEqual({ outcome: "recorded" });
  expect(recorded()).toBe(true);
});

test("an event is thrown where the ledger refuses, at once", async () => {
  endpoint.refuse = ({ operation }) =>
    operation === "ListObjectsV2" ? { status: 403, code: "AccessDenied" } : undefined;
  await expect(handler(EVENT, CONTEXT)).rejects.toMatchObject({ name: "PermanentError" });
  expect(endpoint.calls).toHaveLength(1);
});

describe("a word of a function that does a step", () => {
  const created = (key: string): object => ({
    source: "aws.s3",
    "detail-type": "Object Created",
    detail: { bucket: { name: "ledger" }, object: { key } },
  });
  beforeEach(() => {
    endpoint.refuse = () => undefined;
  });

  const RUNNING = jobStatusKey({ ...REF, step: "unpack" }, FUNCTION_JOB_ID, "RUNNING");

  it("is announced when it has begun, as of a job", async () => {
    await expect(handler(created(RUNNING), CONTEXT)).resolves.toEqual({ outcome: "announced" });
    const sent = endpoint.bodies("SendMessage").map((body) => JSON.parse(body) as object);
    expect(sent).toMatchObject([
      { MessageBody: expect.stringContaining('"id":"1-0123456789ab.1.started"') as string },
    ]);
  });

  it.each([
    ["a job's own fact", jobStatusKey(REF, "job-1", "SUCCEEDED")],
    ["a claim", claimKey(CLAIM)],
    ["something else", "acme/unknown"],
  ])("%s is ignored, though an event tells of it", async (_what, key) => {
    await expect(handler(created(key), CONTEXT)).resolves.toEqual({
      outcome: "ignored",
      reason: "the object is no word of a function",
    });
  });

  it("is ignored of a run that nobody claimed", async () => {
    endpoint.objects.clear();
    await expect(handler(created(RUNNING), CONTEXT)).resolves.toEqual({
      outcome: "ignored",
      reason: "there is no run of the step",
    });
  });
});
