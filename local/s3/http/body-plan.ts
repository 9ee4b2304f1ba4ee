import type { IncomingHttpHeaders } from "node:http";
import { declaredChecksum, type DeclaredChecksum } from "./declared-checksum";
import { header } from "./request";
import { invalidArgument, invalidRequest, notImplemented, S3Error } from "./s3-error";

/** What a request says of its body before the body comes. */
export interface BodyPlan {
  readonly framing: "plain" | "chunked" | "signed-chunks";
  /** Bytes of content, without framing. */
  readonly size: number;
  readonly checksum?: DeclaredChecksum | undefined;
  readonly md5?: Buffer | undefined;
  /** Hex SHA-256 that a client signed. */
  readonly sha256?: string | undefined;
}

/** Limit of one PUT and of one part: 5 GiB. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;

const SHA256 = /^[0-9a-f]{64}$/u;

/** Reads and checks the headers that speak of the body. */
export function planBody(headers: IncomingHttpHeaders): BodyPlan {
  const framing = framingOf(headers);
  const payload = header(headers, "x-amz-content-sha256");
  const size = sizeOf(headers, framing !== "plain");
  if (size > MAX_PUT_BYTES)
    throw new S3Error("EntityTooLarge", {
      details: { ProposedSize: size, MaxSizeAllowed: MAX_PUT_BYTES },
    });
  return {
    framing,
    size,
    checksum: declaredChecksum(headers, framing !== "plain"),
    md5: contentMd5(headers),
    sha256: payload !== undefined && SHA256.test(payload) ? payload : undefined,
  };
}

function framingOf(headers: IncomingHttpHeaders): BodyPlan["framing"] {
  const payload = header(headers, "x-amz-content-sha256");
  const encoded = /(?:^|,)\s*aws-chunked\s*(?:,|$)/u.test(
    header(headers, "content-encoding") ?? "",
  );
  switch (payload) {
    case undefined:
    case "UNSIGNED-PAYLOAD":
      return encoded ? "chunked" : "plain";
    case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
      requireTrailer(headers);
      return "chunked";
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
      requireTrailer(headers);
      return "signed-chunks";
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
      return "signed-chunks";
    default:
      if (payload.startsWith("STREAMING-AWS4-ECDSA")) throw notImplemented("x-amz-content-sha256");
      if (SHA256.test(payload) && !encoded) return "plain";
      throw invalidArgument(
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
        "x-amz-content-sha256",
        payload,
      );
  }
}

function requireTrailer(headers: IncomingHttpHeaders): void {
  if (header(headers, "x-amz-trailer") === undefined)
    throw invalidRequest("The x-amz-trailer header is missing for a body with a trailer");
}

function sizeOf(headers: IncomingHttpHeaders, framed: boolean): number {
  const name = framed ? "x-amz-decoded-content-length" : "content-length";
  const text = header(headers, name);
  // HTTP's own chunks are fine around aws-chunked content, whose length is told apart.
  if (!framed && headers["transfer-encoding"] !== undefined)
    throw notImplemented("Transfer-Encoding");
  if (text === undefined) throw new S3Error("MissingContentLength");
  if (!/^\d{1,15}$/u.test(text)) throw invalidArgument(`${name} is not a number`, name, text);
  return Number(text);
}

function contentMd5(headers: IncomingHttpHeaders): Buffer | undefined {
  const text = header(headers, "content-md5");
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== 16 || bytes.toString("base64") !== text)
    throw new S3Error("InvalidDigest", { details: { "Content-MD5": text } });
  return bytes;
}
