import { randomBytes } from "node:crypto";
import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import {
  awsEncode,
  canonicalRequest,
  hmac,
  scopeText,
  sha256Hex,
  signingKey,
} from "../../../../local/s3/sigv4/canonical";
import type { Credentials } from "../../../../local/s3/sigv4/verify";

/** A request as it goes over the wire: no SDK corrects or retries it. */
export interface RawRequest {
  readonly method: string;
  /** Decoded; encoded as S3 clients do. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Sends the body without its length, in HTTP's chunks. */
  readonly withoutLength?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** Code of an S3 error. */
  readonly code: string | undefined;
}

/** The start of a chain of chunk signatures. */
export interface SigningStart {
  readonly key: Buffer;
  readonly timestamp: string;
  readonly scope: string;
  readonly signature: string;
}

const agent = new Agent({ keepAlive: false });

/** Sends one signed request over a connection of its own. */
export function sendRaw(
  endpoint: string,
  credentials: Credentials,
  raw: RawRequest,
  bodyOf?: (start: SigningStart) => Buffer,
): Promise<RawAnswer> {
  const url = new URL(endpoint);
  const query = Object.entries(raw.query ?? {});
  const { headers, start } = signed(url.host, credentials, raw, query);
  const body = bodyOf?.(start) ?? Buffer.from(raw.body ?? "");
  if (raw.withoutLength !== true) headers["content-length"] = String(body.length);
  const search = query.map(([name, value]) => `${awsEncode(name)}=${awsEncode(value)}`).join("&");
  const path = raw.path.split("/").map(awsEncode).join("/") + (search === "" ? "" : `?${search}`);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: url.hostname, port: url.port, method: raw.method, path, headers, agent },
      (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => {
          const content = Buffer.concat(pieces);
          const text = content.toString("utf8");
          const code = /<Code>([^<]*)<\/Code>/u.exec(text)?.[1];
          const { statusCode: status = 0, headers: got } = response;
          resolve({ status, headers: got, body: content, text, code });
        });
      },
    );
    request.on("error", reject);
    if (raw.withoutLength === true) request.write(body.subarray(0, 1));
    request.end(raw.withoutLength === true ? body.subarray(1) : body);
  });
}

function signed(
  host: string,
  credentials: Credentials,
  raw: RawRequest,
  query: readonly (readonly [string, string])[],
): { headers: Record<string, string>; start: SigningStart } {
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/gu, "");
  const headers: Record<string, string> = {
    host,
    "x-amz-date": timestamp,
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
    ...Object.fromEntries(
      Object.entries(raw.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  };
  const names = Object.keys(headers).sort();
  const scope = {
    accessKeyId: credentials.accessKeyId,
    date: timestamp.slice(0, 8),
    region: "us-east-1",
    service: "s3",
  };
  const canonical = canonicalRequest(
    { method: raw.method, path: raw.path, query, headers },
    names,
    headers["x-amz-content-sha256"] ?? "",
  );
  const key = signingKey(credentials.secretAccessKey, scope);
  const toSign = ["AWS4-HMAC-SHA256", timestamp, scopeText(scope), sha256Hex(canonical)].join("\n");
  const signature = hmac(key, toSign).toString("hex");
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${scope.accessKeyId}/${scopeText(scope)},SignedHeaders=${names.join(";")},Signature=${signature}`;
  return { headers, start: { key, timestamp, scope: scopeText(scope), signature } };
}

/** Content that is different each time. */
export function randomContent(bytes: number): Buffer {
  return randomBytes(bytes);
}
