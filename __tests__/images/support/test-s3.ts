import { once } from "node:events";
import {
  createServer,
  request as send,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { startS3, type LocalS3 } from "../../../local/s3";

export const REGION = "eu-west-1";
export const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" };
export const LANDING = "landing";
export const LEDGER = "ledger";

/** A request as the worker sent it. */
export interface SeenRequest {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/** What a request meets instead of its answer; `lost` does the work and loses the answer. */
export type SeenFault =
  { readonly status: number; readonly code: string } | "lost" | "reset" | undefined;

/**
 * The local S3, which checks signatures, payload hashes and checksums, behind a door that sees every request and may
 * do something before it goes on: kill the worker, change a file, answer in S3's place.
 */
export class TestS3 {
  readonly requests: SeenRequest[] = [];
  /** Asked for each request, once its body has arrived. */
  fault: (request: SeenRequest) => SeenFault | Promise<SeenFault> = () => undefined;
  private readonly client: S3Client;

  constructor(
    private readonly local: LocalS3,
    readonly endpoint: string,
    private readonly shut: () => Promise<void>,
  ) {
    this.client = new S3Client({
      endpoint: local.endpoint,
      region: REGION,
      credentials: CREDENTIALS,
      forcePathStyle: true,
    });
  }

  keys(bucket: string): readonly string[] {
    return this.local.keys(bucket);
  }

  has(bucket: string, key: string): boolean {
    return this.local.object(bucket, key) !== undefined;
  }

  crc32(bucket: string, key: string): string | undefined {
    const checksum = this.local.object(bucket, key)?.checksum;
    return checksum?.algorithm === "CRC32" && checksum.type === "FULL_OBJECT"
      ? checksum.value
      : undefined;
  }

  read(bucket: string, key: string): Promise<Buffer> {
    return this.local.read(bucket, key);
  }

  async text(bucket: string, key: string): Promise<string> {
    return (await this.read(bucket, key)).toString("utf8");
  }

  uploads(bucket: string): number {
    return this.local.uploads(bucket).length;
  }

  /** How many parts the uploads that are open hold together. */
  parts(bucket: string): number {
    return this.local.uploads(bucket).reduce((sum, { partNumbers }) => sum + partNumbers.length, 0);
  }

  /** Writes an object past the door, as somebody else would. */
  async put(
    bucket: string,
    key: string,
    body: string,
    checksum: "CRC32" | "SHA256" = "CRC32",
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ChecksumAlgorithm: checksum,
        Metadata: { ...metadata },
      }),
    );
  }

  /** Begins an upload in parts past the door and leaves it. */
  async beginUpload(bucket: string, key: string, parts: readonly Buffer[]): Promise<void> {
    const { UploadId } = await this.client.send(
      new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ChecksumAlgorithm: "CRC32",
        ChecksumType: "FULL_OBJECT",
      }),
    );
    for (const [index, Body] of parts.entries())
      await this.client.send(
        new UploadPartCommand({
          Bucket: bucket,
          Key: key,
          UploadId,
          PartNumber: index + 1,
          Body,
          ChecksumAlgorithm: "CRC32",
        }),
      );
  }

  async remove(bucket: string, key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  async close(): Promise<void> {
    this.client.destroy();
    await this.shut();
    await this.local.close();
  }
}

/** Starts a {@link TestS3} with a landing bucket and a ledger. */
export async function startTestS3(): Promise<TestS3> {
  const local = await startS3({
    buckets: [{ name: LANDING }, { name: LEDGER }],
    credentials: CREDENTIALS,
    region: REGION,
  });
  const door = createServer((request, response) => {
    response.on("error", () => undefined);
    pass(s3, local.endpoint, request, response).catch(() => response.destroy());
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  const { port } = door.address() as AddressInfo;
  const s3 = new TestS3(local, `http://127.0.0.1:${String(port)}`, async () => {
    const closed = once(door, "close");
    door.close();
    door.closeAllConnections();
    await closed;
  });
  return s3;
}

async function pass(
  s3: TestS3,
  endpoint: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const seen = describe(request);
  s3.requests.push(seen);
  const fault = await s3.fault(seen);
  if (fault === "reset") {
    request.socket.destroy();
    return;
  }
  if (fault !== undefined && fault !== "lost") {
    response.writeHead(fault.status, { "content-type": "application/xml" });
    response.end(`<Error><Code>${fault.code}</Code><Message>${fault.code}</Message></Error>`);
    return;
  }
  const answer = await forward(endpoint, request, Buffer.concat(chunks));
  if (fault === "lost") {
    answer.resume();
    await once(answer, "end");
    request.socket.destroy();
    return;
  }
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  answer.pipe(response);
}

function describe(request: IncomingMessage): SeenRequest {
  const url = new URL(request.url ?? "/", "http://s3.invalid");
  const [, bucket = "", ...rest] = url.pathname.split("/");
  return {
    method: request.method ?? "",
    bucket,
    key: decodeURIComponent(rest.join("/")),
    query: url.searchParams,
    headers: request.headers,
  };
}

function forward(
  endpoint: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // The host stays the door's, for the signature covers it.
    const onward = send(`${endpoint}${url ?? "/"}`, { method, headers, agent: false }, resolve);
    onward.once("error", reject);
    onward.end(body);
  });
}
