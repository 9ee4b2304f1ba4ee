import { Readable } from "node:stream";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { s3Client } from "../../../../images/worker/src/aws/clients";
import { putUntil } from "../../../../images/worker/src/aws/send-until";

const before = { ...process.env };
let signals: unknown[];
let statuses: number[];

beforeEach(() => {
  signals = [];
  statuses = [];
  jest.spyOn(NodeHttpHandler.prototype, "handle").mockImplementation((_request, options) => {
    signals.push(options?.abortSignal);
    const response = { statusCode: statuses.shift() ?? 200, headers: {}, body: Readable.from([]) };
    return Promise.resolve({ response: response as never });
  });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
});

const put = (): PutObjectCommand => new PutObjectCommand({ Bucket: "b", Key: "k", Body: "x" });

test("every request, and each try of it, has the signal that it came with", async () => {
  const client = s3Client({ region: "eu-west-1", pathStyle: false });
  const [first, second] = [new AbortController().signal, new AbortController().signal];
  statuses = [503];
  await putUntil(client, put(), first);
  await putUntil(client, put(), second);
  await client.send(put());
  const names = new Map<unknown, string>([
    [first, "first"],
    [second, "second"],
  ]);
  expect(signals.map((signal) => names.get(signal))).toEqual([
    "first",
    "first",
    "second",
    undefined,
  ]);
});
