import { createHash } from "node:crypto";
import { BatchClient } from "@aws-sdk/client-batch";
import { SQSClient } from "@aws-sdk/client-sqs";
import { announceBySqs } from "../../../functions/runs-core/announce-sqs";
import { batchControl } from "../../../functions/runs-core/batch-control";
import { retryingControl } from "../../../functions/runs-core/retry";
import type { Announcement } from "../../../modules/contract";
import {
  AwsDouble,
  batchAnswer,
  batchError,
  type Interceptor,
  reset,
  silence,
} from "../trigger/support/aws-double";

/** For calls that are answered: no machine is so slow. */
const PATIENT_MS = 60_000;
/** For calls that are not. */
const HASTY_MS = 300;
const limitOf = (answer: Interceptor): number => (answer === silence ? HASTY_MS : PATIENT_MS);

let double: AwsDouble;
let batch: BatchClient;
let sqs: SQSClient;

beforeEach(async () => {
  double = await new AwsDouble().start();
  const common = {
    endpoint: double.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  batch = new BatchClient(common);
  sqs = new SQSClient(common);
});

afterEach(async () => {
  batch.destroy();
  sqs.destroy();
  await double.stop();
});

describe("jobs that exist", () => {
  test("are described with what each attempt ended with", async () => {
    double.next.push(
      batchAnswer({
        jobs: [
          {
            jobId: "1",
            status: "FAILED",
            statusReason: "Host EC2 (instance i-1) terminated.",
            attempts: [
              {
                container: { exitCode: 75, reason: "told to stop" },
                statusReason: "Essential container in task exited",
                startedAt: 1_000,
                stoppedAt: 2_000,
              },
              { container: {}, statusReason: "Host EC2 (instance i-1) terminated." },
            ],
            arrayProperties: { statusSummary: { FAILED: 2, SUCCEEDED: 8 }, size: 10 },
          },
        ],
      }),
    );
    expect(await batchControl(batch, PATIENT_MS).describe(["1", "forgotten"])).toEqual([
      {
        jobId: "1",
        status: "FAILED",
        statusReason: "Host EC2 (instance i-1) terminated.",
        attempts: [
          {
            exitCode: 75,
            reason: "told to stop",
            statusReason: "Essential container in task exited",
            startedAt: "1970-01-01T00:00:01.000Z",
            stoppedAt: "1970-01-01T00:00:02.000Z",
          },
          { statusReason: "Host EC2 (instance i-1) terminated." },
        ],
        children: { FAILED: 2, SUCCEEDED: 8 },
      },
    ]);
    expect(JSON.parse(double.received[0]?.body ?? "")).toEqual({ jobs: ["1", "forgotten"] });
  });

  test("tell their failed children over all pages, in order", async () => {
    double.next.push(
      batchAnswer({
        jobSummaryList: [
          { jobId: "1:998", jobName: "n", arrayProperties: { index: 998 } },
          { jobId: "1:3", jobName: "n" },
        ],
        nextToken: "more",
      }),
      batchAnswer({ jobSummaryList: [{ jobId: "1:77", jobName: "n" }], nextToken: "" }),
    );
    expect(await batchControl(batch, PATIENT_MS).failedChildren("1")).toEqual([3, 77, 998]);
    expect(double.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { arrayJobId: "1", jobStatus: "FAILED" },
      { arrayJobId: "1", jobStatus: "FAILED", nextToken: "more" },
    ]);
  });

  test("are ended with a reason that Batch takes", async () => {
    double.next.push(batchAnswer({}));
    await batchControl(batch, PATIENT_MS).terminate("1", "x".repeat(5000));
    expect(JSON.parse(double.received[0]?.body ?? "")).toEqual({
      jobId: "1",
      reason: "x".repeat(1000),
    });
  });

  test.each([
    [
      "429",
      batchError(429, "TooManyRequestsException", "slow down"),
      "TooManyRequestsException: slow down",
    ],
    [
      "an old throttling",
      batchError(400, "ThrottlingException", "Rate exceeded"),
      "ThrottlingException: Rate exceeded",
    ],
    ["500", batchError(500, "ServerException", "sorry"), "ServerException: sorry"],
    ["503", batchError(503, "ServiceUnavailable", "sorry"), "ServiceUnavailable: sorry"],
    ["no answer", silence, "no answer within 300 ms"],
  ])("are asked for again after %s", async (_name, answer, reason) => {
    double.next.push(answer);
    await expect(batchControl(batch, limitOf(answer)).describe(["1"])).rejects.toMatchObject({
      name: "RetryableError",
      message: `could not describe 1 jobs: ${reason}; it is tried again`,
    });
  });

  test("are asked for again after a connection that breaks", async () => {
    double.next.push(reset);
    await expect(batchControl(batch, PATIENT_MS).describe(["1"])).rejects.toMatchObject({
      name: "RetryableError",
    });
  });

  test("are not asked for again where the role may not", async () => {
    double.next.push(batchError(403, "AccessDeniedException", "not authorized"));
    await expect(batchControl(batch, PATIENT_MS).terminate("1", "why")).rejects.toMatchObject({
      name: "PermanentError",
      message:
        "could not end job 1: AccessDeniedException: not authorized; grant the function's role this call",
    });
  });

  test("are told after throttling, an error and a lost connection in a row", async () => {
    double.next.push(
      batchError(429, "TooManyRequestsException", "slow down"),
      batchError(500, "ServerException", "sorry"),
      reset,
      batchAnswer({ jobs: [{ jobId: "1", status: "RUNNING" }] }),
    );
    const clock = { now: () => 0, sleep: () => Promise.resolve(), random: () => 0 };
    const control = retryingControl(batchControl(batch, PATIENT_MS), clock, 60_000);
    expect(await control.describe(["1"])).toMatchObject([{ status: "RUNNING" }]);
    expect(double.received).toHaveLength(4);
  });
});

describe("announcements on their queue", () => {
  const announcement = { schemaVersion: 1, id: "order.1.failed", kind: "failed" } as Announcement;
  const announce = (timeoutMs = PATIENT_MS): Promise<void> =>
    announceBySqs(sqs, "https://sqs.test/111122223333/announcements", timeoutMs)(announcement);

  test("are handed over whole", async () => {
    // The client compares the digest of what arrived with what it sent.
    const digest = createHash("md5").update(JSON.stringify(announcement)).digest("hex");
    double.next.push(batchAnswer({ MessageId: "1", MD5OfMessageBody: digest }));
    await announce();
    const { QueueUrl, MessageBody } = JSON.parse(double.received[0]?.body ?? "") as Record<
      string,
      string
    >;
    expect(QueueUrl).toBe("https://sqs.test/111122223333/announcements");
    expect(JSON.parse(MessageBody ?? "")).toEqual(announcement);
  });

  test.each([
    [
      "throttling",
      batchError(400, "ThrottlingException", "Rate exceeded"),
      "ThrottlingException: Rate exceeded",
    ],
    ["500", batchError(500, "InternalError", "sorry"), "InternalError: sorry"],
    ["no answer", silence, "no answer within 300 ms"],
  ])("are handed over again after %s: an end is never silent", async (_name, answer, reason) => {
    double.next.push(answer);
    await expect(announce(limitOf(answer))).rejects.toMatchObject({
      name: "RetryableError",
      message: `could not hand over announcement "order.1.failed": ${reason}; it is handed over again`,
    });
  });
});
