import { BatchClient } from "@aws-sdk/client-batch";
import { S3Client } from "@aws-sdk/client-s3";
import { awsBatch } from "../../../functions/runs-core/aws-batch";
import type { Batch, Ledger } from "../../../functions/runs-core/ports";
import { s3Ledger } from "../../../functions/runs-core/s3-ledger";
import {
  AwsDouble,
  batchAnswer,
  batchError,
  half,
  type Interceptor,
  reset,
  s3Error,
  silence,
} from "../trigger/support/aws-double";

/** For calls that are answered: no machine is so slow. */
const PATIENT_MS = 60_000;
/** For calls that are not. */
const HASTY_MS = 300;
const BUCKET = "ledger";
const KEY = "universal-music/runs/a-0123456789ab/1/claim.json";
const REQUEST = { jobName: "a--b--1--fetch--g1", jobQueue: "queue", jobDefinition: "definition:3" };

let double: AwsDouble;
let ledger: Ledger;
let batch: Batch;
let hasty: { readonly ledger: Ledger; readonly batch: Batch };
let clients: readonly { destroy(): void }[];

beforeEach(async () => {
  double = await new AwsDouble().start();
  const common = {
    endpoint: double.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  const s3 = new S3Client(common);
  const batchClient = new BatchClient({
    ...common,
    requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
  });
  clients = [s3, batchClient];
  ledger = s3Ledger(s3, BUCKET, PATIENT_MS);
  batch = awsBatch(batchClient, { submitMs: PATIENT_MS, callMs: PATIENT_MS });
  hasty = {
    ledger: s3Ledger(s3, BUCKET, HASTY_MS),
    batch: awsBatch(batchClient, { submitMs: HASTY_MS, callMs: HASTY_MS }),
  };
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await double.stop();
});

/** Whether nothing whole ever comes: then alone the time limit decides. */
const isEndless = (answer: Interceptor): boolean => answer === silence || answer === half;

describe("the ledger on S3", () => {
  it("creates once", async () => {
    expect(await ledger.create(KEY, '{"a":1}')).toBe("written");
    expect(await ledger.create(KEY, '{"a":2}')).toBe("conflict");
    expect(await ledger.read(KEY)).toEqual({
      body: '{"a":1}',
      etag: double.objects.get(KEY)?.etag,
    });
    expect(double.received[0]).toMatchObject({
      method: "PUT",
      path: `/${BUCKET}/${KEY}`,
      headers: { "if-none-match": "*", "content-type": "application/json" },
    });
  });

  it("replaces the version that was read and no other", async () => {
    await ledger.create(KEY, "1");
    const { etag } = await ledger.read(KEY);
    expect(await ledger.replace(KEY, "2", etag)).toBe("written");
    expect(await ledger.replace(KEY, "3", etag)).toBe("conflict");
    expect((await ledger.find(KEY))?.body).toBe("2");
  });

  it("tells a missing object by a listing, so that a role without ListBucket on all gets no 403", async () => {
    await ledger.create(`${KEY}.longer`, "1");
    expect(await ledger.find(KEY)).toBeUndefined();
    expect(double.received.at(-1)?.query.get("prefix")).toBe(KEY);
    expect(double.received.filter(({ method }) => method === "GET")).toHaveLength(1);
  });

  it.each([
    ["two conditional writes at once", s3Error(409, "ConditionalRequestConflict")],
    ["a slow-down", s3Error(503, "SlowDown")],
    ["an error of S3's own", s3Error(500, "InternalError")],
    ["a slow request", s3Error(400, "RequestTimeout")],
    ["credentials that ran out", s3Error(400, "ExpiredToken")],
    ["a reset", reset],
    ["silence", silence],
  ])("asks to repeat after %s, and sends once by itself", async (_what, answer) => {
    double.next.push(answer);
    const { ledger: to } = isEndless(answer) ? hasty : { ledger };
    await expect(to.create(KEY, "1")).rejects.toMatchObject({
      name: "RetryableError",
      message: expect.stringMatching(
        /^could not write "universal-music\/runs\/a-0123456789ab\/1\/claim\.json" in the ledger bucket "ledger": .+; the event must come again$/u,
      ) as string,
    });
    expect(double.received).toHaveLength(1);
  });

  it.each([
    [
      403,
      "AccessDenied",
      'could not write "k" in the ledger bucket "ledger": AccessDenied: said the double; grant the trigger\'s role this call',
    ],
    [
      404,
      "NoSuchBucket",
      'could not write "k" in the ledger bucket "ledger": NoSuchBucket: said the double; look whether the bucket and the object exist',
    ],
  ])("refuses for good after %i %s", async (status, code, message) => {
    double.next.push(s3Error(status, code));
    await expect(ledger.create("k", "1")).rejects.toMatchObject({
      name: "PermanentError",
      message,
    });
  });

  it("breaks off an answer that stops in its middle", async () => {
    double.next.push(half);
    await expect(hasty.ledger.read(KEY)).rejects.toMatchObject({ name: "RetryableError" });
  });

  it("lists page by page, each from where the last one ended", async () => {
    const page = (truncated: boolean, ...keys: string[]): Interceptor => {
      const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
      return (response) => {
        response.writeHead(200, { "content-type": "application/xml" });
        response.end(
          `<ListBucketResult><IsTruncated>${String(truncated)}</IsTruncated>${contents}</ListBucketResult>`,
        );
      };
    };
    double.next.push(page(true, "a/1", "a/2"), page(false, "a/3"));
    const first = await ledger.list("a/");
    expect(first).toEqual({ keys: ["a/1", "a/2"], next: "a/2" });
    expect(await ledger.list("a/", first.next)).toEqual({ keys: ["a/3"] });
    expect(double.received.map(({ query }) => query.get("start-after"))).toEqual([null, "a/2"]);
  });

  it("says what did not come", async () => {
    double.next.push(silence);
    await expect(hasty.ledger.read("k")).rejects.toThrow(
      'could not read "k" in the ledger bucket "ledger": no answer within 300 ms; the event must come again',
    );
  });
});

describe("submission to Batch", () => {
  it("is accepted with an id", async () => {
    expect(await batch.submit(REQUEST)).toEqual({
      kind: "accepted",
      jobId: "job-1",
      jobArn: "arn:job-1",
    });
  });

  it.each([
    ["TooManyRequestsException", 429],
    ["ThrottlingException", 400],
  ])("is throttled by %s", async (code, status) => {
    double.next.push(batchError(status, code, "slow down"));
    expect(await batch.submit(REQUEST)).toEqual({
      kind: "throttled",
      reason: `${code}: slow down`,
    });
  });

  it.each([
    ["ClientException", 400, "job definition not found"],
    ["AccessDeniedException", 403, "not authorized"],
  ])("is refused by %s", async (code, status, message) => {
    double.next.push(batchError(status, code, message));
    expect(await batch.submit(REQUEST)).toEqual({ kind: "refused", reason: `${code}: ${message}` });
  });

  it.each([
    [
      "an error of Batch's own",
      batchError(500, "ServerException", "oops"),
      /^ServerException: oops$/u,
    ],
    ["a gateway's", batchError(502, "BadGateway", "oops"), /^BadGateway: oops$/u],
    ["a proxy's time-out", batchError(408, "RequestTimeout", "slow"), /^RequestTimeout: slow$/u],
    ["a reset", reset, /ECONNRESET/u],
    ["silence", silence, /^no answer within 300 ms$/u],
    ["half an answer", half, /./u],
    ["an answer without an id", batchAnswer({}), /^the answer holds no job id$/u],
  ])("is unknown after %s, and never sent twice", async (_what, answer, reason) => {
    double.next.push(answer);
    const { batch: to } = isEndless(answer) ? hasty : { batch };
    const outcome = await to.submit(REQUEST);
    expect(outcome).toEqual({ kind: "unknown", reason: expect.stringMatching(reason) as string });
    // Longer than the SDK would wait before it sent again.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(double.received).toHaveLength(1);
  });

  it("breaks the connection of a call that it gave up", async () => {
    const closed = new Promise<void>((resolve) => {
      double.next.push((response) => {
        response.socket?.on("close", () => {
          resolve();
        });
      });
    });
    await hasty.batch.submit(REQUEST);
    await closed;
    expect(double.connections).toBe(1);
  });

  it("opens a connection for each call, so that none is dead from a frozen sandbox", async () => {
    await batch.submit(REQUEST);
    await batch.submit(REQUEST);
    expect(double.connections).toBe(2);
  });
});

describe("the listing of jobs by name", () => {
  it("reads all pages, and takes only the exact name", async () => {
    const job = (jobId: string, jobName: string, createdAt: number): object => ({
      jobId,
      jobName,
      jobArn: `arn:${jobId}`,
      createdAt,
    });
    double.next.push(
      batchAnswer({
        jobSummaryList: [job("2", REQUEST.jobName, 20), job("3", REQUEST.jobName.toUpperCase(), 5)],
        nextToken: "more",
      }),
      batchAnswer({ jobSummaryList: [job("1", REQUEST.jobName, 10)] }),
    );
    expect(await batch.findByName(REQUEST.jobName, "queue")).toEqual([
      { jobId: "2", jobArn: "arn:2", jobQueue: "queue", createdAt: 20 },
      { jobId: "1", jobArn: "arn:1", jobQueue: "queue", createdAt: 10 },
    ]);
    expect(double.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { jobQueue: "queue", filters: [{ name: "JOB_NAME", values: [REQUEST.jobName] }] },
      {
        jobQueue: "queue",
        filters: [{ name: "JOB_NAME", values: [REQUEST.jobName] }],
        nextToken: "more",
      },
    ]);
  });

  it("asks to repeat when there was no answer", async () => {
    double.next.push(silence);
    await expect(hasty.batch.findByName("n", "q")).rejects.toMatchObject({
      name: "RetryableError",
      message:
        'could not list the jobs named "n" in queue "q": no answer within 300 ms; the event must come again',
    });
  });

  it("says what right is missing", async () => {
    double.next.push(batchError(403, "AccessDeniedException", "not authorized"));
    await expect(batch.findByName("n", "q")).rejects.toMatchObject({
      name: "PermanentError",
      message:
        'could not list the jobs named "n" in queue "q": AccessDeniedException: not authorized; grant the trigger\'s role batch:ListJobs, or look whether the queue exists',
    });
  });
});
