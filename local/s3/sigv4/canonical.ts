import { createHash, createHmac } from "node:crypto";

/** Parts of a request that Signature Version 4 covers. */
export interface Signable {
  readonly method: string;
  /** Path, percent-decoded. */
  readonly path: string;
  /** Query parameters, decoded, in any order. */
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What a signature is made for: `<date>/<region>/<service>/aws4_request`. */
export interface Scope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Text form of a scope. */
export function scopeText({ date, region, service }: Scope): string {
  return `${date}/${region}/${service}/aws4_request`;
}

/** Percent-encodes as Signature Version 4 asks: all but the unreserved characters, per byte of UTF-8. */
export function awsEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The canonical request. @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
export function canonicalRequest(
  { method, path, query, headers }: Signable,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  const parameters = query
    .map(([name, value]) => `${awsEncode(name)}=${awsEncode(value)}`)
    .sort()
    .join("&");
  const lines = signedHeaders.map((name) => `${name}:${headerText(headers[name])}\n`);
  const uri = path.split("/").map(awsEncode).join("/");
  return [method, uri, parameters, lines.join(""), signedHeaders.join(";"), payloadHash].join("\n");
}

function headerText(value: string | string[] | undefined): string {
  const text = Array.isArray(value) ? value.join(",") : (value ?? "");
  return text.trim().replace(/ +/gu, " ");
}

/** Hex SHA-256. */
export function sha256Hex(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Hex SHA-256 of nothing. */
export const EMPTY_SHA256 = sha256Hex("");

/** The key that signs in a scope. */
export function signingKey(secretAccessKey: string, { date, region, service }: Scope): Buffer {
  return [date, region, service, "aws4_request"].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secretAccessKey}`, "utf8"),
  );
}

/** HMAC with SHA-256. */
export function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}
