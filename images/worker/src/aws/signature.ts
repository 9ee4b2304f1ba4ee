import { createHash, createHmac } from "node:crypto";

const ALGORITHM = "AWS4-HMAC-SHA256";

/** Who signs. */
export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** What the signature is good for. */
export interface SignatureScope {
  readonly region: string;
  readonly service: string;
}

/** A request before it is signed; path and query as they go over the wire, the query's names in order. */
export interface Unsigned {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Names in small letters, `host` among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body in hexadecimal, or `UNSIGNED-PAYLOAD`. */
  readonly bodyHash: string;
}

/**
 * Adds a Signature Version 4 to the headers of a request to S3.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function signedHeaders(
  request: Unsigned,
  signer: Signer,
  { region, service }: SignatureScope,
  now: number,
): Record<string, string> {
  const at = `${new Date(now).toISOString().slice(0, 19).replace(/[-:]/gu, "")}Z`;
  const day = at.slice(0, 8);
  const headers: Record<string, string> = {
    ...request.headers,
    "x-amz-content-sha256": request.bodyHash,
    "x-amz-date": at,
  };
  if (signer.sessionToken !== undefined) headers["x-amz-security-token"] = signer.sessionToken;
  const names = Object.keys(headers).sort();
  const list = names.join(";");
  const canonical = [
    request.method,
    request.path,
    request.query,
    ...names.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/\s+/gu, " ")}`),
    "",
    list,
    request.bodyHash,
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const digest = createHash("sha256").update(canonical).digest("hex");
  const signature = createHmac("sha256", signingKey(signer.secretAccessKey, day, region, service))
    .update([ALGORITHM, at, scope, digest].join("\n"))
    .digest("hex");
  headers["authorization"] =
    `${ALGORITHM} Credential=${signer.accessKeyId}/${scope}, SignedHeaders=${list}, Signature=${signature}`;
  return headers;
}

let lastKey: { readonly of: string; readonly key: Buffer } | undefined;

/** The key of a day; the last one is kept, for thousands of requests are signed with it. */
function signingKey(secret: string, day: string, region: string, service: string): Buffer {
  const of = [secret, day, region, service].join("\n");
  if (lastKey?.of !== of) {
    const key = [day, region, service, "aws4_request"].reduce<Buffer | string>(
      (under, text) => createHmac("sha256", under).update(text).digest(),
      `AWS4${secret}`,
    );
    lastKey = { of, key: key as Buffer };
  }
  return lastKey.key;
}
