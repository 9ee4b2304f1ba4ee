import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { s3Client } from "../../../../images/worker/src/aws/clients";
import {
  countRequests,
  type RequestCounts,
} from "../../../../images/worker/src/aws/count-requests";
import { sendBody } from "../../../../images/worker/src/aws/send-body";
import { crc32Of, crc32Text } from "../../../../images/worker/src/upload/crc32";
import { CREDENTIALS, LANDING, REGION, startTestS3, type TestS3 } from "../../support/test-s3";

const BODY = Buffer.alloc(300_000, "body");
const before = { ...process.env };
let s3: TestS3;
let client: S3Client;
let counts: RequestCounts;

beforeEach(async () => {
  s3 = await startTestS3();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  });
  client = s3Client({ region: REGION, pathStyle: true });
  counts = countRequests(client);
});
afterEach(async () => {
  client.destroy();
  await s3.close();
  process.env = { ...before };
});

const forever = new AbortController().signal;

function put(Key: string, signal = forever, more: object = {}): ReturnType<typeof sendBody> {
  const input = {
    Bucket: LANDING,
    Key,
    Body: BODY,
    ContentType: "text/plain; charset=utf-8",
    ChecksumAlgorithm: "CRC32" as const,
    ChecksumCRC32: crc32Text(crc32Of(BODY)),
    IfNoneMatch: "*",
    ...more,
  };
  return sendBody(client, new PutObjectCommand(input), signal);
}

/** The SDK numbers its tries; what was sent without it has no number. */
function ways(): readonly string[] {
  return s3.requests.map(({ headers }) =>
    headers["amz-sdk-request"] === undefined ? "direct" : "sdk",
  );
}

test("the SDK sends the first body, the others go without it, with the same effect", async () => {
  const keys = ["first", "with space+plus/(1)!'*~.txt", "한글/é"];
  const sent = [];
  for (const key of keys) sent.push(await put(key));
  expect(ways()).toEqual(["sdk", "direct", "direct"]);
  expect(new Set(sent.map(({ ETag }) => typeof ETag))).toEqual(new Set(["string"]));
  for (const key of keys) {
    expect((await s3.read(LANDING, key)).equals(BODY)).toBe(true);
    expect(s3.crc32(LANDING, key)).toBe(crc32Text(crc32Of(BODY)));
  }
  const [first, second] = s3.requests.map(({ headers }) => headers);
  for (const name of [
    "content-type",
    "content-length",
    "host",
    "if-none-match",
    "user-agent",
    "x-amz-checksum-crc32",
    "x-amz-content-sha256",
    "x-amz-sdk-checksum-algorithm",
  ])
    expect([name, second?.[name]]).toEqual([name, first?.[name]]);
  expect(counts).toEqual({ requests: 3, retries: 0 });
});

test("those that come while the first one is under way wait for what it teaches", async () => {
  await Promise.all(Array.from({ length: 5 }, (_, index) => put(`k${String(index)}`)));
  expect(ways().filter((way) => way === "sdk")).toHaveLength(1);
});

test("what is refused is told as the SDK tells it", async () => {
  await put("first");
  await expect(put("first")).rejects.toMatchObject({
    name: "PreconditionFailed",
    $metadata: { httpStatusCode: 412 },
  });
  expect(ways()).toEqual(["sdk", "direct", "sdk"]);
});

test.each([
  ["an error of S3", { status: 503, code: "SlowDown" }, "sdk"],
  ["a broken connection", "reset", "direct"],
] as const)("after %s the SDK tries again", async (_, fault, next) => {
  await put("first");
  const faults = [fault];
  s3.fault = () => faults.pop();
  await put("second");
  await put("third");
  expect(ways()).toEqual(["sdk", "direct", "sdk", next]);
  expect(counts).toEqual({ requests: 3, retries: 1 });
  expect((await s3.read(LANDING, "second")).equals(BODY)).toBe(true);
});

test("a stop ends what is under way", async () => {
  await put("first");
  const stop = new AbortController();
  s3.fault = ({ key }) => {
    if (key === "second") stop.abort();
    return new Promise(() => undefined);
  };
  await expect(put("second", stop.signal)).rejects.toMatchObject({ name: "AbortError" });
  await expect(put("third", stop.signal)).rejects.toMatchObject({ name: "AbortError" });
  expect(s3.requests.map(({ key }) => key)).toEqual(["first", "second"]);
});

test("a command with what only the SDK knows is left to it", async () => {
  await put("first");
  await put("second", forever, { Metadata: { a: "b" } });
  await put("third", forever, { Body: "text", ChecksumCRC32: undefined });
  expect(ways()).toEqual(["sdk", "sdk", "sdk"]);
  expect(await s3.text(LANDING, "third")).toBe("text");
});
