import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";
import { crc32Text } from "../../../images/worker/src/upload/crc32";

export interface FakeObject {
  readonly body: Buffer;
  readonly crc32: string | undefined;
  readonly contentType: string | undefined;
  readonly etag: string;
}

export interface FakeRequest {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/** What a request meets instead of its answer; `lost` does the work and loses the answer. */
export type FakeFault =
  { readonly status: number; readonly code: string } | "lost" | "reset" | undefined;

export interface FakeS3 {
  readonly endpoint: string;
  readonly objects: Map<string, FakeObject>;
  readonly uploads: ReadonlyMap<string, unknown>;
  readonly requests: readonly FakeRequest[];
  /** Asked for each request. */
  fault: (request: FakeRequest) => FakeFault;
  /** Takes bodies over plain HTTP whose hash is not signed. */
  unsigned: boolean;
  readonly keys: (bucket: string) => readonly string[];
  readonly text: (bucket: string, key: string) => string;
  readonly close: () => Promise<void>;
}

interface Upload {
  readonly name: string;
  readonly contentType: string | undefined;
  readonly parts: Map<number, { readonly body: Buffer; readonly etag: string }>;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/**
 * A strict S3 in memory for the worker's tests: signatures' payload hashes, CRC-32 of objects, parts and whole uploads,
 * conditional writes, and faults by request.
 */
export async function startFakeS3(): Promise<FakeS3> {
  const objects = new Map<string, FakeObject>();
  const uploads = new Map<string, Upload>();
  const requests: FakeRequest[] = [];
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : new Refusal(500, String(error));
      send(
        response,
        refusal.status,
        `<Error><Code>${refusal.code}</Code><Message>${refusal.code}</Message></Error>`,
      );
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? "/", "http://s3.invalid");
    const [, bucket = "", ...rest] = url.pathname.split("/");
    const asked: FakeRequest = {
      method: request.method ?? "",
      bucket,
      key: decodeURIComponent(rest.join("/")),
      query: url.searchParams,
      headers: request.headers,
    };
    requests.push(asked);
    const fault = state.fault(asked);
    if (fault === "reset") {
      request.socket.destroy();
      return;
    }
    if (fault !== undefined && fault !== "lost") throw new Refusal(fault.status, fault.code);
    checkBody(asked, body, state.unsigned);
    const answer = answerTo(asked, body);
    if (fault === "lost") request.socket.destroy();
    else answer(response);
  }

  function answerTo(asked: FakeRequest, body: Buffer): (response: ServerResponse) => void {
    const { method, bucket, key, query, headers } = asked;
    const name = `${bucket}/${key}`;
    const uploadId = query.get("uploadId");
    if (method === "GET" && query.get("list-type") === "2") return listing(bucket, query);
    if (method === "POST" && query.has("uploads")) {
      const id = randomUUID();
      uploads.set(id, { name, contentType: headers["content-type"], parts: new Map() });
      return (response) => {
        send(response, 200, `<R><UploadId>${id}</UploadId></R>`);
      };
    }
    if (uploadId !== null) return multipart(asked, uploadId, body);
    if (method === "PUT") {
      refuseTaken(asked);
      const etag = createHash("md5").update(body).digest("hex");
      objects.set(name, {
        body,
        crc32: crc32Text(crc32(body)),
        contentType: headers["content-type"],
        etag,
      });
      return (response) => {
        send(response, 200, "", { etag: `"${etag}"` });
      };
    }
    const object = objects.get(name);
    if (object === undefined) throw new Refusal(404, "NoSuchKey");
    return (response) => {
      response.writeHead(200, {
        "content-length": object.body.length,
        etag: `"${object.etag}"`,
        ...(headers["x-amz-checksum-mode"] === "ENABLED" && object.crc32 !== undefined
          ? { "x-amz-checksum-crc32": object.crc32, "x-amz-checksum-type": "FULL_OBJECT" }
          : {}),
      });
      response.end(method === "HEAD" ? undefined : object.body);
    };
  }

  function multipart(
    asked: FakeRequest,
    id: string,
    body: Buffer,
  ): (response: ServerResponse) => void {
    const upload = uploads.get(id);
    if (upload === undefined) throw new Refusal(404, "NoSuchUpload");
    if (asked.method === "DELETE") {
      uploads.delete(id);
      return (response) => {
        send(response, 204, "");
      };
    }
    if (asked.method === "PUT") {
      const etag = createHash("md5").update(body).digest("hex");
      upload.parts.set(Number(asked.query.get("partNumber")), { body, etag });
      return (response) => {
        send(response, 200, "", { etag: `"${etag}"` });
      };
    }
    refuseTaken(asked);
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/gu)].map((match) =>
      upload.parts.get(Number(match[1])),
    );
    const parts = named.map((part) => part?.body ?? Buffer.alloc(0));
    if (parts.slice(0, -1).some((part) => part.length < 5 * 1024 * 1024))
      throw new Refusal(400, "EntityTooSmall");
    const whole = Buffer.concat(parts);
    const sum = crc32Text(crc32(whole));
    if (asked.headers["x-amz-checksum-crc32"] !== sum) throw new Refusal(400, "BadDigest");
    if (Number(asked.headers["x-amz-mp-object-size"]) !== whole.length)
      throw new Refusal(400, "InvalidRequest");
    const etag = `${createHash("md5").update(whole).digest("hex")}-${String(parts.length)}`;
    objects.set(upload.name, { body: whole, crc32: sum, contentType: upload.contentType, etag });
    uploads.delete(id);
    return (response) => {
      send(response, 200, `<R><ETag>"${etag}"</ETag></R>`);
    };
  }

  function refuseTaken({ bucket, key, headers }: FakeRequest): void {
    if (headers["if-none-match"] === "*" && objects.has(`${bucket}/${key}`))
      throw new Refusal(412, "PreconditionFailed");
  }

  function listing(bucket: string, query: URLSearchParams): (response: ServerResponse) => void {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const all = keys(bucket).filter((key) => key.startsWith(prefix) && key > after);
    // Small pages, so that every listing of more than two objects goes over several.
    const page = all.slice(0, 2);
    const contents = page.map((key) => {
      const object = objects.get(`${bucket}/${key}`);
      const encoded = encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");
      return `<Contents><Key>${encoded}</Key><Size>${String(object?.body.length)}</Size><ETag>"${object?.etag ?? ""}"</ETag></Contents>`;
    });
    const more = all.length > page.length;
    const next = more
      ? `<NextContinuationToken>${(page.at(-1) ?? "").replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</NextContinuationToken>`
      : "";
    return (response) => {
      send(
        response,
        200,
        `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${String(more)}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`,
      );
    };
  }

  const keys = (bucket: string): readonly string[] =>
    [...objects.keys()]
      .filter((name) => name.startsWith(`${bucket}/`))
      .map((name) => name.slice(bucket.length + 1))
      .sort();

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const state: FakeS3 = {
    endpoint: `http://127.0.0.1:${String(port)}`,
    objects,
    uploads,
    requests,
    fault: () => undefined,
    unsigned: false,
    keys,
    text: (bucket, key) => objects.get(`${bucket}/${key}`)?.body.toString("utf8") ?? "",
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return state;
}

function checkBody({ headers, key, query }: FakeRequest, body: Buffer, unsigned: boolean): void {
  const sha256 = createHash("sha256").update(body).digest("hex");
  // Over plain HTTP the signature must cover the body.
  if (!unsigned && headers["x-amz-content-sha256"] !== sha256)
    throw new Refusal(400, "XAmzContentSHA256Mismatch");
  const sent = headers["x-amz-checksum-crc32"];
  const whole = query.has("uploadId") && !query.has("partNumber");
  if (key !== "" && !whole && sent !== undefined && sent !== crc32Text(crc32(body)))
    throw new Refusal(400, "BadDigest");
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    ...headers,
    "content-type": "application/xml",
    // 204 has no body, not even an empty one that is announced.
    ...(status === 204 ? {} : { "content-length": Buffer.byteLength(body) }),
  });
  response.end(body);
}
