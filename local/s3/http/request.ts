import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { S3Error } from "./s3-error";

/** A request, its address read. */
export interface S3Request {
  readonly method: string;
  /** `undefined` for requests to the service itself. */
  readonly bucket: string | undefined;
  /** `undefined` for requests to a bucket. Literal text: `..` and `//` are characters of a key like others. */
  readonly key: string | undefined;
  readonly query: ReadonlyMap<string, string>;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Path, percent-decoded. */
  readonly path: string;
}

/** Longest key in bytes of UTF-8. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const MAX_KEY_BYTES = 1024;

/**
 * Reads the address of a request, path-style. Not with `URL`, which would resolve `..` and so name another object.
 */
export function readRequest(message: IncomingMessage): S3Request {
  const target = message.url ?? "";
  if (!/^\/[\x21-\x7e]*$/u.test(target)) throw new S3Error("InvalidURI");
  const mark = target.indexOf("?");
  const path = decode(mark === -1 ? target : target.slice(0, mark));
  const slash = path.indexOf("/", 1);
  const bucket = slash === -1 ? path.slice(1) : path.slice(1, slash);
  const key = slash === -1 ? "" : path.slice(slash + 1);
  if (bucket === "" && key !== "") throw new S3Error("InvalidURI");
  checkKeyLength(key);
  return {
    method: message.method ?? "GET",
    bucket: bucket === "" ? undefined : bucket,
    key: key === "" ? undefined : key,
    query: readQuery(mark === -1 ? "" : target.slice(mark + 1)),
    headers: message.headers,
    path,
  };
}

/** Refuses keys that are too long for S3. */
export function checkKeyLength(key: string): void {
  const size = Buffer.byteLength(key, "utf8");
  if (size > MAX_KEY_BYTES)
    throw new S3Error("KeyTooLongError", {
      details: { Size: size, MaxSizeAllowed: MAX_KEY_BYTES },
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    if (cause instanceof URIError) throw new S3Error("InvalidURI");
    throw cause;
  }
}

function readQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals === -1 ? pair : pair.slice(0, equals);
    const value = equals === -1 ? "" : pair.slice(equals + 1);
    // In a query `+` is a space; in a path it is itself.
    query.set(decode(name.replaceAll("+", " ")), decode(value.replaceAll("+", " ")));
  }
  return query;
}

/** A header that may be given once. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}
