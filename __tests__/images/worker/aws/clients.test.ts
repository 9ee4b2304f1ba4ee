import { Readable } from "node:stream";
import { ListObjectsV2Command, PutObjectCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { s3Client } from "../../../../images/worker/src/aws/clients";

interface Sent {
  readonly protocol: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

const before = { ...process.env };
let sent: Sent[];

beforeEach(() => {
  sent = [];
  jest.spyOn(NodeHttpHandler.prototype, "handle").mockImplementation((request) => {
    sent.push(request as unknown as Sent);
    // The SDK looks at the status and the body of an answer only.
    const response = { statusCode: 200, headers: {}, body: Readable.from([]) };
    return Promise.resolve({ response: response as never });
  });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
});

const BODY = Buffer.alloc(600 * 1024, "x");

async function put(endpoint: string | undefined): Promise<Sent> {
  if (endpoint !== undefined) process.env["AWS_ENDPOINT_URL_S3"] = endpoint;
  const client = s3Client({ region: "eu-west-1", pathStyle: endpoint !== undefined });
  await client.send(
    new UploadPartCommand({
      Bucket: "b",
      Key: "k",
      PartNumber: 1,
      UploadId: "u",
      Body: BODY,
      ChecksumCRC32: "AAAAAA==",
    }),
  );
  const [request] = sent;
  if (request === undefined) throw new Error("nothing was sent");
  return request;
}

test("over TLS a body is not hashed for the signature, and goes out in pieces", async () => {
  const { protocol, headers, body } = await put(undefined);
  expect(protocol).toBe("https:");
  expect(headers["x-amz-content-sha256"]).toBe("UNSIGNED-PAYLOAD");
  expect(headers["x-amz-checksum-crc32"]).toBe("AAAAAA==");
  expect(headers["content-length"]).toBe(String(BODY.length));
  expect(Object.keys(headers)).not.toContain("expect");
  expect(Object.keys(headers)).not.toContain("x-amz-trailer");
  const pieces: Buffer[] = [];
  for await (const piece of body as Readable) pieces.push(piece as Buffer);
  expect(pieces.map(({ length }) => length)).toEqual([256 * 1024, 256 * 1024, 88 * 1024]);
  expect(Buffer.concat(pieces).equals(BODY)).toBe(true);
});

test("over plain HTTP it is hashed", async () => {
  const { protocol, headers, body } = await put("http://127.0.0.1:9");
  expect(protocol).toBe("http:");
  expect(headers["x-amz-content-sha256"]).toMatch(/^[0-9a-f]{64}$/u);
  expect(body).toBe(BODY);
});

test("requests without a file are signed whole", async () => {
  const client = s3Client({ region: "eu-west-1", pathStyle: false });
  await client.send(new ListObjectsV2Command({ Bucket: "b" }));
  await client.send(
    new PutObjectCommand({ Bucket: "b", Key: "k", Body: BODY, ChecksumCRC32: "x" }),
  );
  expect(sent.map(({ headers }) => headers["x-amz-content-sha256"])).toEqual([
    // The hash of nothing.
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "UNSIGNED-PAYLOAD",
  ]);
});
